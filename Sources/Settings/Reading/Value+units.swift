extension Value {
  /// A duration in Go's notation (`1m30s`), within bounds.
  ///
  /// A plain number counts as seconds where that is what everybody means: for limits that are counted in
  /// seconds (`plainSeconds`), up to an hour. 5000 without a unit is more likely milliseconds: an error.
  func duration(
    in bounds: ClosedRange<Duration> = .zero ... .unlimited, plainSeconds: Bool = true
  ) -> Duration? {
    guard let text = filledText() else { return nil }
    if let number = Int(text), number > 0 {
      guard plainSeconds, number <= 3600 else {
        reportMismatch(
          expected: "a duration with a unit", suggestion: "write \(number)s or \(number)ms")
        return nil
      }
    }
    guard let duration = Duration(goNotation: Int(text) == nil ? text : text + "s") else {
      reportMismatch(expected: "a duration such as 10s, 1m30s or 500ms")
      return nil
    }
    guard bounds.contains(duration) else {
      reportMismatch(
        expected: "a duration from \(bounds.lowerBound.goNotation) to \(bounds.upperBound.goNotation)")
      return nil
    }
    return duration
  }

  /// A time limit: 0 stands for none.
  func limit() -> Duration? {
    duration().map { $0 == .zero ? .unlimited : $0 }
  }

  /// A number of bytes: plain, or with KB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024).
  func byteCount(in range: ClosedRange<Int>) -> Int? {
    guard let text = filledText() else { return nil }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text[digits.endIndex...].drop { $0 == " " }.lowercased()
    let scales = [
      "": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "kib": 1 << 10, "mib": 1 << 20,
      "gib": 1 << 30,
    ]
    guard let number = Int(digits), let scale = scales[unit] else {
      reportMismatch(expected: "a size such as 65536, 64MiB or 2GB")
      return nil
    }
    let (count, overflow) = number.multipliedReportingOverflow(by: scale)
    guard !overflow, range.contains(count) else {
      reportMismatch(expected: "a size from \(range.lowerBound) to \(range.upperBound) bytes")
      return nil
    }
    return count
  }
}
