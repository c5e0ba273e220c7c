import Pipeline

/// Bytes that take the place of a range, everything around them being left alone.
struct Splice: Sendable {
  var range: Range<Int>
  var replacement: Bytes

  /// What to cut out so that one element of a JSON list or object goes, together with exactly one comma.
  ///
  /// The comma before an element goes with it; before the first element that stays, the one after it does.
  ///
  /// - Parameters:
  ///   - elements: all of the container, in order.
  ///   - hasKept: whether an element before this one stays.
  static func rangeToRemove(_ index: Int, of elements: [Range<Int>], hasKept: Bool) -> Range<Int> {
    let (start, end) = (elements[index].lowerBound, elements[index].upperBound)
    if hasKept { return elements[index - 1].upperBound..<end }
    return index + 1 < elements.count ? start..<elements[index + 1].lowerBound : start..<end
  }
}

extension Bytes {
  /// These bytes with `splices`, sorted and disjoint, made; the same storage when there are none.
  func applying(_ splices: [Splice]) -> Bytes {
    guard !splices.isEmpty else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(count + splices.reduce(0) { $0 + $1.replacement.count })
    var copied = startIndex
    for splice in splices {
      result += self[copied..<splice.range.lowerBound]
      result += splice.replacement
      copied = splice.range.upperBound
    }
    result += self[copied...]
    return Bytes(result)
  }
}
