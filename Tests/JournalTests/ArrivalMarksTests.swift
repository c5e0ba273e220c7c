import Pipeline
import ProxyTesting
import Testing

@testable import Journal

@Suite struct ArrivalMarksTests {
  @Test func `reads back what it wrote, whatever the numbers`() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<200 {
      var marks = ArrivalMarks()
      var written: [ArrivalMark] = []
      var mark = ArrivalMark(offset: 0, microseconds: 0)
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        mark.offset += 1 << Int.random(in: 0...30, using: &random)
        mark.microseconds += 1_000 + 1 << Int.random(in: 0...40, using: &random)
        let before = marks.bytes.count
        #expect(
          marks.note(offset: mark.offset, microseconds: mark.microseconds) == marks.bytes.count - before)
        written.append(mark)
      }
      #expect(ArrivalMarks.decode(marks.bytes) == written)
    }
  }

  @Test func `goes on where it handed over`() {
    var marks = ArrivalMarks()
    _ = marks.note(offset: 0, microseconds: 300)
    let first = marks.take()
    _ = marks.note(offset: 900, microseconds: 2_000)
    #expect(first == [0, 0xAC, 0x02])
    #expect(ArrivalMarks.decode(first + marks.take()).map(\.microseconds) == [300, 2_000])
    #expect(marks.take() == [])
  }

  @Test func `stops at bytes that are no marks`() {
    #expect(ArrivalMarks.decode([]) == [])
    #expect(ArrivalMarks.decode([1, 2, 3]).map(\.offset) == [1])
    #expect(ArrivalMarks.decode([1, 2, 0x80, 0x80]).map(\.offset) == [1])
    #expect(ArrivalMarks.decode(Array(repeating: 0xFF, count: 40)) == [])
    let largest: [UInt8] = Array(repeating: 0xFF, count: 8) + [0x7F]
    #expect(ArrivalMarks.decode(largest + largest + largest + largest).count == 1)
  }

  @Test func `a clock that goes back makes no negative pause`() {
    var marks = ArrivalMarks()
    _ = marks.note(offset: 0, microseconds: -5)
    _ = marks.note(offset: 4, microseconds: 1_500)
    #expect(ArrivalMarks.decode(marks.bytes).map(\.microseconds) == [0, 1_500])
  }
}
