import Pipeline

extension Duration {
  /// What `0` as a limit becomes: longer than anything lasts, and safe to add to a clock.
  static let unlimited = Duration.seconds(365 * 24 * 3600)

  private static let units: KeyValuePairs<String, Int64> = [
    "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000,
  ]

  /// Reads Go's notation: numbers with units, `1h15m30.5s`; nil for anything else, negative ones included.
  init?(goNotation text: String) {
    var rest = text[...]
    var total: Int64 = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest[digits.endIndex...]
      let word = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
      rest = rest[word.endIndex...]
      guard let scale = Self.units.first(where: { $0.key == word })?.value, let number = Double(digits)
      else { return nil }
      // Exact for whole numbers; a fraction is good to the nanosecond within the accepted range.
      guard let part = Int64(exactly: (number * Double(scale)).rounded()) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(part)
      guard !overflow else { return nil }
      total = sum
    }
    self = .nanoseconds(total)
  }

  /// The shortest exact form in Go's notation: `1m30s`, `500ms`.
  var goNotation: String {
    let count = nanoseconds
    if count == 0 { return "0s" }
    if count % 1_000_000 != 0 { return "\(count)ns" }
    if count % 1_000_000_000 != 0 { return "\(count / 1_000_000)ms" }
    let seconds = count / 1_000_000_000
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
    return parts.filter { $0.0 != 0 }.map { "\($0.0)\($0.1)" }.joined()
  }
}
