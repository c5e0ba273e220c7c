import Foundation
import Pipeline
import ProxyTesting

/// A grammar of chunk streams.
enum ChatGenerator {
  /// What an answer says, whatever its frames.
  struct Content: Equatable {
    var text = ""
    var thinking = ""
    /// Name and input, in the order of their starts.
    var calls: [[String]] = []

    init() {}

    init(_ translation: Translation) {
      var place = ""
      for line in translation.summary {
        if line.hasPrefix("+") {
          let piece = String(line.dropFirst())
          switch place {
          case "text": text += piece
          case "thinking": thinking += piece
          default: calls[calls.count - 1][1] += piece
          }
        } else {
          let words = line.split(separator: " ").map { String($0) }
          guard ["text", "thinking", "tool_use"].contains(words[0]), words.count > 1 else { continue }
          place = words[0]
          if place == "tool_use" { calls.append([words[2], ""]) }
        }
      }
    }
  }

  private static let words = [
    "Hello ", "world", "é流😀", "\n\n", " ", "<think>", "</think>", "a \"quoted\" \\ word", "sto", "p", "<",
    "\u{1}",
  ]
  private static let inputs = [
    "{}", #"{"a":1}"#, #"{"file":"/a b","n":[1,-2.5e3,null]}"#, #"{"t":"é \" \\ \n 😀"}"#, "",
  ]

  // MARK: Proper answers

  /// An answer whose calls may overlap in any way, and what it says. White space alone is not among its texts.
  static func proper(_ random: inout SeededRandom) -> (ChatStream, Content) {
    var expected = Content()
    var queues = (0..<Int.random(in: 0...4, using: &random)).map { number in
      let name = ["Read", "Grep", "Bash"].randomElement(using: &random)!
      let input = inputs.randomElement(using: &random)!
      return (name: name, input: input, pieces: cut(input, &random), number: number, isStarted: false)
    }
    var stream = ChatStream()
    if queues.isEmpty || Bool.random(using: &random) {
      expected.thinking = "Hm."
      stream = stream.reasoning("Hm.")
    }
    if queues.isEmpty { (stream, expected.text) = (stream.text("x"), "x") }
    var isFirst = true
    while !queues.isEmpty {
      let place = Int.random(in: 0..<queues.count, using: &random)
      let queue = queues[place]
      if !queue.isStarted {
        expected.calls.append([queue.name, queue.input])
        stream = stream.call(queue.number, id: "id\(queue.number)", name: queue.name, "")
        queues[place].isStarted = true
      } else if let piece = queue.pieces.first {
        stream = stream.call(queue.number, piece)
        queues[place].pieces.removeFirst()
      } else {
        queues.remove(at: place)
      }
      if Int.random(in: 0..<6, using: &random) == 0 {
        let text = isFirst ? "so " : "on "
        isFirst = false
        stream = stream.text(text)
        expected.text += text
      }
    }
    return (stream.end(expected.calls.isEmpty ? "stop" : "tool_calls"), expected)
  }

  private static func cut(_ text: String, _ random: inout SeededRandom) -> [String] {
    var pieces: [String] = []
    var rest = Array(text)
    while !rest.isEmpty {
      let count = Int.random(in: 1...max(1, rest.count / 2 + 1), using: &random)
      pieces.append(String(rest.prefix(count)))
      rest.removeFirst(min(count, rest.count))
    }
    return pieces
  }

  // MARK: Wild ones

  /// Chunks in any order, with the quirks of providers and some faults.
  static func wild(_ random: inout SeededRandom) -> ChatStream {
    var stream = ChatStream()
    for _ in 0..<Int.random(in: 1...10, using: &random) { stream = chunk(after: stream, &random) }
    let reasons = ["stop", "tool_calls", "length", "content_filter", "eos", "odd", "error", ""]
    let weights = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7]
    if Int.random(in: 0..<8, using: &random) != 0 {
      stream = stream.finish(reasons[weights.randomElement(using: &random)!])
    }
    if Bool.random(using: &random) { stream = stream.usage() }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return stream
    case 1: return stream.raw("data: [DONE]")
    case 2: return stream.text("late").done()
    case 3: return stream.raw(#"data: {"choices":[{"del"#)
    default: return stream.done()
    }
  }

  private static func chunk(after stream: ChatStream, _ random: inout SeededRandom) -> ChatStream {
    let word = words.randomElement(using: &random)!
    switch Int.random(in: 0..<24, using: &random) {
    case 0...5: return stream.text(word)
    case 6...8:
      return stream.reasoning(word, field: Bool.random(using: &random) ? "reasoning" : "reasoning_content")
    case 9: return stream.delta(#""role":"assistant","content":"""#)
    case 10: return stream.raw(": keep-alive\n\n")
    case 11: return stream.delta(#""reasoning_details":[{"type":"reasoning.encrypted","data":"A"}]"#)
    case 12: return stream.delta(#""content":"\#(Bool.random(using: &random) ? #"\ud83d"# : #"\ude00"#)""#)
    case 13: return stream.delta(#""refusal":"no""#)
    case 14: return stream.data(#"{"choices":[],"usage":null}"#)
    default: return call(after: stream, &random)
    }
  }

  private static func call(after stream: ChatStream, _ random: inout SeededRandom) -> ChatStream {
    let index = [0, 0, 0, 1, 1, 2, nil].randomElement(using: &random)!
    let id = ["a", "b", "c:1", "", nil, nil].randomElement(using: &random)!
    let name = ["Read", "Grep", "", nil, nil].randomElement(using: &random)!
    let pieces = inputs + ["{", "}", #""a":"#, "1", #"{'a': True}"#, "[1]", nil, nil, nil, nil, nil]
    let arguments = pieces.randomElement(using: &random)!
    let extra = Int.random(in: 0..<8, using: &random) == 0 ? #"{"google":{}}"# : nil
    return stream.call(index, id: id, name: name, arguments, extra: extra)
  }
}
