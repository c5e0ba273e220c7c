import Foundation
import Pipeline
import ProxyTesting
import Stages
import Testing

/// Streams from a grammar of chunks, right and wrong: what comes out is valid, or a failure.
@Suite struct GeneratedAnswerTests {
  @Test(arguments: 0..<4)
  func `whatever is sent, a valid message or a failure comes out`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var accepted = 0
    for round in 0..<1500 {
      let stream = ChatGenerator.wild(&random)
      let translation = Translation(
        stream,
        change: {
          $0.splitsThinkTags = round.isMultiple(of: 3)
          $0.watchedStopSequences = round.isMultiple(of: 5) ? ["stop", "\n\n"] : []
          $0.pythonJSONTools = round.isMultiple(of: 2) ? ["Read"] : []
          $0.showsThinking = !round.isMultiple(of: 7)
          $0.keepsFirstToolCallOnly = round.isMultiple(of: 11)
        })
      if translation.failure == nil { accepted += 1 }
      expectHonest(translation, "seed \(seed), round \(round)\n\(stream.bytes.text)")
    }
    #expect(accepted > 100, "the grammar leaves too little that is valid")
  }

  @Test(arguments: 0..<3)
  func `nothing of a proper answer is lost, in any order of its pieces`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed) + 50)
    for round in 0..<400 {
      let (stream, expected) = ChatGenerator.proper(&random)
      let translation = Translation(stream)
      #expect(translation.failure == nil, "seed \(seed), round \(round)\n\(stream.bytes.text)")
      #expect(
        ChatGenerator.Content(translation) == expected, "seed \(seed), round \(round)\n\(stream.bytes.text)")
    }
  }

  @Test func `a generated answer is the same however it is cut`() throws {
    var random = SeededRandom(seed: 99)
    for _ in 0..<6 {
      let bytes = ChatGenerator.wild(&random).bytes.prefix(900)
      try expectStageContract(
        Translation.chain().prepared(for: Translation.attempt()), input: bytes, names: Translation.names)
    }
  }

  @Test(arguments: 0..<2)
  func `noise never crashes`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed) + 200)
    for _ in 0..<1500 {
      var bytes = ChatGenerator.wild(&random).bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = bytes.indices.randomElement(using: &random)!
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(Array("{}[]\",:\\\n 0n".utf8).randomElement(using: &random)!, at: place)
        }
      }
      expectHonest(Translation(bytes), bytes.text)
    }
  }
}
