/// A pattern over a whole text: `*` is any run of characters, also none, `?` is one (a Unicode scalar). Case
/// counts; nothing escapes a wildcard.
///
/// Never recurses: on a mismatch only the last `*` takes one character more, so the time is bounded by the
/// length of the text times that of the pattern, and is that of the text in practice.
package struct WildcardPattern: Sendable, Hashable {
  private enum Element: Hashable {
    case byte(UInt8)
    case one
    case run
  }

  private let elements: [Element]

  /// Every text is a pattern.
  package init(_ pattern: some StringProtocol) {
    elements = pattern.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "*"): .run
      case UInt8(ascii: "?"): .one
      default: .byte(byte)
      }
    }
  }

  /// Whether all of `text` matches.
  package func matches(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    var index = bytes.startIndex
    var place = 0
    var lastRun: (place: Int, start: String.Index)?
    while index < bytes.endIndex {
      if let next = step(from: place, over: bytes[index]) {
        place = next.place
        switch next.taken {
        case .byte: bytes.formIndex(after: &index)
        case .one: bytes.skipScalar(&index)
        case .run:
          if place == elements.count { return true }
          lastRun = (place, index)
        }
      } else if let run = lastRun {
        index = run.start
        bytes.skipScalar(&index)
        place = run.place
        lastRun = (place, index)
      } else {
        return false
      }
    }
    return elements[place...].allSatisfy { $0 == .run }
  }

  /// What the element at `place` takes of a text that goes on with `byte`; nil when it does not fit.
  private func step(from place: Int, over byte: UInt8) -> (taken: Element, place: Int)? {
    guard place < elements.count else { return nil }
    if case .byte(let wanted) = elements[place], wanted != byte { return nil }
    return (elements[place], place + 1)
  }
}

extension Collection<UInt8> {
  /// Moves from the first byte of a scalar to that of the next.
  fileprivate func skipScalar(_ index: inout Index) {
    repeat { formIndex(after: &index) } while index < endIndex && self[index] & 0xC0 == 0x80
  }
}
