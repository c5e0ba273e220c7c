package import HTTPTypes

/// How long an endpoint asks to be left alone.
package enum RetryAfter {
  /// Longer waits are no waits; the official SDKs stop believing here too.
  package static let longest: Duration = .seconds(4_294_967)

  /// Reads `retry-after-ms`, else `retry-after` as seconds (fractions allowed) or an HTTP date.
  ///
  /// Nil when there is none or it makes no sense; a date in the past is zero; never more than `longest`.
  /// - Parameter wallMilliseconds: now, in milliseconds since 1970.
  package static func parse(_ fields: HTTPFields, wallMilliseconds: Int64) -> Duration? {
    if let text = fields[.retryAfterMilliseconds], let milliseconds = decimal(text) {
      return min(.milliseconds(milliseconds), longest)
    }
    guard let text = fields[.retryAfter] else { return nil }
    if let seconds = decimal(text) { return min(.seconds(seconds), longest) }
    guard let date = HTTPDate.parse(text) else { return nil }
    return min(max(.milliseconds(date * 1000 - wallMilliseconds), .zero), longest)
  }

  /// Digits with at most one point: what `Double` accepts beyond that (`nan`, `0x10`, `1e9`) is no wait.
  private static func decimal(_ text: String) -> Double? {
    guard text.utf8.count <= 15, text.utf8.first != UInt8(ascii: "."),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") })
    else { return nil }
    return Double(text)
  }
}
