import Pipeline

/// Watches a text for the stop sequences that an endpoint was not asked to watch for.
///
/// The longest suffix that may be the beginning of one is held back until it is clear that it is none.
struct StopWatch {
  private let sequences: [[UInt8]]
  private let longest: Int
  private var held: [UInt8] = []

  init(_ sequences: [String]) {
    self.sequences = sequences.filter { !$0.isEmpty }.map { Array($0.utf8) }
    longest = self.sequences.map(\.count).max() ?? 0
  }

  /// Returns the text that is free to go, and the sequence that ends it, if one was met.
  mutating func receive(_ text: [UInt8]) -> (text: [UInt8], met: String?) {
    guard !sequences.isEmpty else { return (text, nil) }
    let whole = held + text
    if let match = firstMatch(in: whole) {
      held = []
      return (Array(whole[..<match.lowerBound]), String(decoding: whole[match], as: UTF8.self))
    }
    let free = whole.count - suffixToHold(of: whole)
    held = Array(whole[free...])
    return (Array(whole[..<free]), nil)
  }

  /// What was held: the text is over.
  mutating func finish() -> [UInt8] {
    defer { held = [] }
    return held
  }

  /// The match that is complete first.
  private func firstMatch(in text: [UInt8]) -> Range<Int>? {
    var first: Range<Int>?
    for start in text.indices {
      if let first, start >= first.upperBound { break }
      for sequence in sequences where text[start] == sequence[0] {
        let end = start + sequence.count
        guard end < (first?.upperBound ?? .max), text[start...].starts(with: sequence) else { continue }
        first = start..<end
      }
    }
    return first
  }

  private func suffixToHold(of text: [UInt8]) -> Int {
    for length in stride(from: min(longest - 1, text.count), to: 0, by: -1) {
      let suffix = text.suffix(length)
      if sequences.contains(where: { $0.count > length && $0.starts(with: suffix) }) { return length }
    }
    return 0
  }
}
