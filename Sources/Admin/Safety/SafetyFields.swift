import HTTPTypes

/// The fields of every answer of the admin side.
enum SafetyFields {
  /// Scripts, styles and connections of our own alone; nothing inline; in nobody's frame.
  private static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'",
    "base-uri 'none'",
  ].joined(separator: "; ")

  private static let all: [(HTTPField.Name, String)] = [
    (.init("content-security-policy")!, policy),
    (.init("x-content-type-options")!, "nosniff"),
    (.init("referrer-policy")!, "no-referrer"),
    (.init("cross-origin-opener-policy")!, "same-origin"),
    (.init("cross-origin-resource-policy")!, "same-origin"),
  ]

  static func add(to reply: inout AdminReply) {
    for (name, value) in all { reply.fields[name] = value }
    if reply.fields[.cacheControl] == nil { reply.fields[.cacheControl] = "no-store" }
  }
}
