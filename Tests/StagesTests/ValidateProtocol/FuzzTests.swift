import Pipeline
import ProxyTesting
import Stages
import Testing

/// Broken streams at random: nothing crashes, and what passes is valid.
@Suite struct FuzzTests {
  @Test(arguments: 0..<4)
  func `what the validator lets through needs no repair`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var accepted = 0
    for round in 0..<3500 {
      let bytes = mutated(&random)
      let first = Validation(bytes)
      guard first.failure == nil else { continue }
      accepted += 1
      let second = Validation(first.output)
      let isStable = second.failure == nil && second.report.repairs.isEmpty && second.output == first.output
      #expect(
        isStable,
        "seed \(seed), round \(round): \(second.failure?.description ?? "\(second.report.repairs)")\n\(bytes.text)"
      )
      if !isStable { return }
    }
    #expect(accepted > 100, "the mutations leave too little that is valid")
  }

  @Test(arguments: 0..<2)
  func `noise never crashes and never ends well`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed) + 100)
    let alphabet = Array("event: data:{}[]\"\\,0159ntf-.\r\n\u{0}é".utf8) + [0xFF, 0xEF, 0xBB, 0xBF]
    for _ in 0..<3000 {
      let count = Int.random(in: 0..<200, using: &random)
      let bytes = Bytes((0..<count).map { _ in alphabet.randomElement(using: &random)! })
      #expect(Validation(bytes).failure != nil)
    }
  }

  @Test func `a mutated stream is the same however it is cut`() throws {
    var random = SeededRandom(seed: 7)
    for _ in 0..<6 {
      let bytes = mutated(&random).prefix(700)
      try expectStageContract(Validation.chain, input: bytes, names: Validation.names)
    }
  }

  /// One to three changes to the structure or the bytes of a valid stream.
  private func mutated(_ random: inout SeededRandom) -> Bytes {
    var frames = Fixture.all.randomElement(using: &random)!.stream.frames
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard !frames.isEmpty else { break }
      let place = Int.random(in: 0..<frames.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: frames.remove(at: place)
      case 1: frames.insert(frames[place], at: place)
      case 2: frames.swapAt(place, Int.random(in: 0..<frames.count, using: &random))
      case 3:
        let other = Fixture.all.randomElement(using: &random)!.stream.frames
        frames.insert(other.randomElement(using: &random)!, at: place)
      case 4: frames[place] = replaced(frames[place], &random)
      case 5: frames[place] = frames[place].drop { $0 != UInt8(ascii: "\n") }.dropFirst()
      default: frames[place] = flipped(frames[place], &random)
      }
    }
    return Bytes(frames.flatMap { $0 })
  }

  /// Puts other values into JSON that stays well-formed.
  private func replaced(_ frame: Bytes, _ random: inout SeededRandom) -> Bytes {
    let changes: [(String, String)] = [
      (#""index":0"#, #""index":1"#), (#""index":1"#, #""index":2"#), (#""index":1"#, #""index":0"#),
      ("text", "thinking"), (#""""#, "null"), ("{}", "[]"), ("end_turn", "tool_use"), ("null", #""x""#),
      (#""content":[]"#, #""content":[{"type":"text","text":"p"}]"#), ("usage", "usages"),
      ("tool_use", "end_turn"),
      (#""id""#, #""ID""#), ("15", "0"), ("_delta", "_start"), ("message", "content_block"),
      ("data: ", "data: \ndata: "),
    ]
    let (old, new) = changes.randomElement(using: &random)!
    return Bytes(utf8: frame.text.replacing(old, with: new))
  }

  private func flipped(_ frame: Bytes, _ random: inout SeededRandom) -> Bytes {
    guard let place = frame.indices.randomElement(using: &random) else { return frame }
    var frame = frame
    switch Int.random(in: 0..<3, using: &random) {
    case 0: frame[place] = UInt8.random(in: 0...255, using: &random)
    case 1: frame.remove(at: place)
    default: frame.insert(Array("{}[]\",:\n\r 0n".utf8).randomElement(using: &random)!, at: place)
    }
    return frame
  }
}
