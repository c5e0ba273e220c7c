import Foundation
import Pipeline
import ProxyTesting
import Testing

@testable import Stages

/// V19: a tool's input is exactly one JSON object.
@Suite struct ToolInputTests {
  /// Feeds a text in pieces of `length` characters, as strings of event data.
  func input(_ text: String, length: Int) throws -> ToolInput {
    var input = ToolInput()
    let characters = Array(text.unicodeScalars)
    for start in stride(from: 0, to: characters.count, by: length) {
      var piece = String.UnicodeScalarView()
      piece.append(contentsOf: characters[start..<min(start + length, characters.count)])
      let data = Bytes(utf8: "  " + String(piece).jsonQuoted).dropFirst(2)
      let string = try data.readJSON { json throws(JSONError) in try json.string() }
      input.receive(string, of: data)
    }
    return input
  }

  static let valid = [
    "{}", " { } ", #"{"a":1}"#, #"{"a":[1,2,{"b":[]}],"c":"x"}"#, #"{"a":-0.5e+10,"b":0,"c":1E2,"d":10.01}"#,
    #"{"a":true,"b":false,"c":null}"#, #"{"a":"\"\\\/\b\f\n\r\té😀"}"#, "{\"a\"\n:\t1\r}", #"{"":""}"#,
    #"{"a":[[[[]]]],"b":{"c":{"d":{}}}}"#, #"{"a":1,"a":2}"#, "{\"a\":\"漢字 é\"}",
  ]

  static let invalid = [
    " ", "hello", "[1]", "\"x\"", "1", "null", #"{"a":1}}"#, #"{"a":1} x"#, #"{"a":1}{}"#, #"{"a":[1,2"#,
    #"{"a""#, #"{"a":"#, "{", #"{"a":1,}"#, "{,}", #"{"a" 1}"#, #"{a:1}"#, #"{"a":01}"#, #"{"a":1.}"#,
    #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":-}"#, #"{"a":1e}"#, #"{"a":1e+}"#, #"{"a":tru}"#, #"{"a":nulll}"#,
    #"{"a":[1,]}"#, #"{"a":[,]}"#, #"{"a":[}"#, #"{"a":]}"#, #"{"a":"\x"}"#, #"{"a":"\u12g4"}"#,
    "{\"a\":\"\n\"}", #"{"a":1 2}"#, #"{"a":'b'}"#, "{\"a\":NaN}", #"{"a":truefalse}"#, #"{"a":"b"c}"#,
  ]

  @Test(arguments: valid, [1, 2, 3, 1000])
  func `accepts one object in pieces of any length`(text: String, length: Int) throws {
    #expect(try input(text, length: length).isObject)
  }

  @Test(arguments: invalid, [1, 2, 3, 1000])
  func `refuses anything else`(text: String, length: Int) throws {
    let input = try input(text, length: length)
    #expect(!input.isObject)
    #expect(!input.isEmpty)
  }

  @Test func `nothing is not an object, but empty`() throws {
    let input = try input("", length: 1)
    #expect(input.isEmpty)
    #expect(!input.isObject)
  }

  @Test func `nesting is limited`() throws {
    func nested(_ depth: Int) -> String {
      #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    }
    #expect(try input(nested(511), length: 1000).isObject)
    #expect(try !input(nested(512), length: 1000).isObject)
  }

  @Test func `agrees with the whole-text reader on mutated objects`() throws {
    var random = SeededRandom(seed: 19)
    let alphabet = Array(#"{}[]",:\/u0123456789abcdeftrlns.+-E "#.unicodeScalars)
    for _ in 0..<4000 {
      var scalars = Array(Self.valid.randomElement(using: &random)!.unicodeScalars)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: scalars[place] = alphabet.randomElement(using: &random)!
        case 1: scalars.insert(alphabet.randomElement(using: &random)!, at: place)
        default: if scalars.count > 1 { scalars.remove(at: place) }
        }
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      let text = String(view)
      let isObject = (try? JSONFields(Bytes(utf8: text))) != nil
      #expect(try input(text, length: 3).isObject == isObject, "\(text)")
    }
  }

  // V19
  @Test(
    arguments: [#"{"a":1}}"#, "hello", "[1]", #"{"a":[1,2"#, " "], ["tool_use", "end_turn", "pause_turn"])
  func `fails for invalid input once the stop reason does not excuse it`(json: String, reason: String) {
    let stream = AnthropicStream().text("a").tool("Read", json).text("b").stop(reason)
    let validation = expectFault(stream, "V19", event: 8)
    #expect(validation.kinds.contains(.blockStop(index: 1, isComplete: false)))
    #expect(validation.kinds.last == .blockStop(index: 2, isComplete: true))
  }

  // V19
  @Test(arguments: ["max_tokens", "model_context_window_exceeded"])
  func `a limit of tokens excuses cut input`(reason: String) {
    let stream = AnthropicStream().tool("Read", #"{"a":[1,2"#).stop(reason)
    let validation = expectWarnings(stream, ["V19": 1])
    #expect(validation.kinds[4] == .blockStop(index: 0, isComplete: false))
  }

  // V19
  @Test func `eager streaming excuses invalid input`() {
    var expectation = AnswerExpectation.forTesting
    expectation.allowsInvalidToolInput = true
    expectWarnings(AnthropicStream().tool("Read", #"{"a":1}}"#).stop("tool_use"), ["V19": 1], expectation)
  }

  // V19
  @Test(arguments: ["server_tool_use", "mcp_tool_use"])
  func `holds for the tools of servers too`(type: String) {
    expectFault(AnthropicStream().tool("x", "{", fragments: 1, type: type).stop(), "V19", event: 4)
  }

  // V19, regression 1: input `{}` after a lost argument must not pass for a call without arguments.
  @Test(arguments: ["null", "\"\"", "[]"])
  func `a start without an object and without deltas is no input`(start: String) {
    let block = #"{"type":"tool_use","id":"t","name":"Read","input":\#(start)}"#
    expectFault(AnthropicStream().blockStart(block).blockStop().stop("tool_use"), "V19", event: 3)
  }
}
