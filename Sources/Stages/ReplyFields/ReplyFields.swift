package import HTTPTypes
package import Pipeline

/// The header rules of an answer on its way to the client (G4, G15, V44; anthropic-request.md §2 and §7).
///
/// Open lists: everything passes, in order and spelling, but what belongs to a connection, to the encoding the
/// transport removed, or to the endpoint's host as a browser would remember it.
package struct ReplyFields: Sendable {
  private static let withheld = HTTPFields.hopByHop.union([
    "alt-svc", "content-encoding", "content-length", "set-cookie", "set-cookie2", "strict-transport-security",
    "x-companion-endpoint", "x-companion-request-id",
  ])
  /// The state of a subscription; another account's would show the client a plan that is not its own.
  private static let planPrefix = "anthropic-ratelimit-unified-"

  /// The endpoint that answers.
  package var endpoint: String
  /// It is the first one that was asked; after a failover its plan state is withheld.
  package var isFirstEndpoint: Bool
  /// The longest `retry-after` to pass on when another endpoint may be back sooner; nil to pass on any.
  package var maximumRetryAfter: Duration?

  package init(endpoint: String, isFirstEndpoint: Bool, maximumRetryAfter: Duration? = nil) {
    self.endpoint = endpoint
    self.isFirstEndpoint = isFirstEndpoint
    self.maximumRetryAfter = maximumRetryAfter
  }

  /// The fields for the client, with the exchange's id and the endpoint's name added.
  /// - Parameter wallMilliseconds: now, in milliseconds since 1970.
  package func clientFields(
    from upstream: HTTPFields, id: ExchangeID, wallMilliseconds: Int64
  ) -> HTTPFields {
    var fields = upstream.passing(without: Self.withheld)
    if !isFirstEndpoint { fields.removeAll { $0.name.canonicalName.hasPrefix(Self.planPrefix) } }
    if let limit = maximumRetryAfter,
      let wait = RetryAfter.parse(upstream, wallMilliseconds: wallMilliseconds), wait > limit
    {
      fields.removeAll { $0.name == .retryAfter || $0.name == .retryAfterMilliseconds }
      let seconds = (limit.nanoseconds + 999_999_999) / 1_000_000_000
      fields.append(HTTPField(name: .retryAfter, value: String(seconds)))
    }
    fields.append(HTTPField(name: .companionRequestID, value: id.text))
    fields.append(HTTPField(name: .companionEndpoint, value: Self.visible(endpoint)))
    return HTTPFields(fields)
  }

  /// Names are free text; outside of visible ASCII they are percent-encoded.
  private static func visible(_ name: String) -> String {
    func isPlain(_ byte: UInt8) -> Bool { (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "%") }
    if name.utf8.allSatisfy(isPlain) { return name }
    var text = ""
    for byte in name.utf8 {
      if isPlain(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }
}
