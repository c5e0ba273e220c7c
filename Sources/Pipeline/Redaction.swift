package import HTTPTypes

/// Header fields in order, without their credentials: what a record may hold.
///
/// A credential keeps its scheme and, when it has 12 characters or more, its last four. Redacting twice
/// changes nothing more.
package func redacted(_ fields: HTTPFields) -> [(name: String, value: String)] {
  fields.map { field in
    (field.name.rawName, redactedValue(field.value, ofField: field.name.rawName))
  }
}

/// The value of one header field, without its credential if the name says that it carries one, or a URL.
package func redactedValue(_ value: String, ofField name: String) -> String {
  guard carriesCredential(name) else {
    return name.utf8.count == 8 && name.lowercased() == "location" ? redactedURL(value) : value
  }
  let parts = value.split(separator: " ", maxSplits: 1)
  guard parts.count == 2 else { return masked(value) }
  switch parts[0].lowercased() {
  case "bearer", "token": return "\(parts[0]) \(masked(String(parts[1])))"
  // The tail of these is part of a password, or an answer to a challenge.
  case "basic", "digest": return "\(parts[0]) …"
  default: return masked(value)
  }
}

/// Whether a field of this name is to be redacted.
///
/// Judged by the words of the name, so that `anthropic-ratelimit-tokens-remaining` stays readable while
/// `x-auth-token`, `xi-apikey` and every cookie do not.
private func carriesCredential(_ name: String) -> Bool {
  guard mayCarryCredential(name) else { return false }
  // The usual ones, at once.
  if name == "authorization" || name == "x-api-key" { return true }
  return name.lowercased().split { $0 == "-" || $0 == "_" }.contains { word in
    switch word {
    case "authorization", "auth", "cookie", "cookie2", "key", "credential", "credentials": true
    case "tokens": false
    default:
      word.hasSuffix("key") || ["token", "secret", "password"].contains { word.containsText($0) }
    }
  }
}

/// Whether the name holds the start of any word above: nearly none does, and every field of every message is
/// asked.
private func mayCarryCredential(_ name: String) -> Bool {
  var name = name
  return name.withUTF8 { bytes in
    bytes.indices.contains { start in
      func begins(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        return start + length <= bytes.count
          && (0..<length).allSatisfy { unsafe bytes[start + $0] | 0x20 == word.utf8Start[$0] }
      }
      return switch unsafe bytes[start] | 0x20 {
      case UInt8(ascii: "a"): begins("auth")
      case UInt8(ascii: "c"): begins("cookie") || begins("credential")
      case UInt8(ascii: "k"): begins("key")
      case UInt8(ascii: "p"): begins("password")
      case UInt8(ascii: "s"): begins("secret")
      case UInt8(ascii: "t"): begins("token")
      default: false
      }
    }
  }
}

/// A URL without what may be a credential: user name and password, and the values of parameters named like one.
package func redactedURL(_ url: String) -> String {
  let bytes = url.utf8
  let slashes = bytes.indices.first { bytes[$0...].starts(with: "://".utf8) }
  let start = slashes.map { bytes.index($0, offsetBy: 3) } ?? bytes.startIndex
  let end = bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.endIndex
  let at = slashes == nil ? nil : bytes[start..<end].lastIndex(of: UInt8(ascii: "@"))
  let host = at.map { "…" + url[$0..<end] } ?? String(url[start..<end])
  guard let mark = bytes[end...].firstIndex(of: UInt8(ascii: "?")) else {
    return at == nil ? url : url[..<start] + host + url[end...]
  }
  return url[..<start] + host + url[end...mark] + redactedQuery(String(url[bytes.index(after: mark)...]))
}

/// The part of a URL after `?`, without the values of parameters that are named like a credential.
package func redactedQuery(_ query: String) -> String {
  query.split(separator: "&", omittingEmptySubsequences: false).map { parameter in
    guard let sign = parameter.firstIndex(of: "="), namesCredential(parameter[..<sign]) else {
      return String(parameter)
    }
    return parameter[...sign] + masked(String(parameter[parameter.index(after: sign)...]))
  }.joined(separator: "&")
}

/// In doubt yes: a name in percent-escapes may be any name.
private func namesCredential(_ parameter: Substring) -> Bool {
  parameter.contains("%") || carriesCredential(String(parameter))
    || parameter.lowercased().split { $0 == "-" || $0 == "_" }
      .contains { ["sig", "signature", "passwd", "pwd"].contains($0) }
}

private func masked(_ text: String) -> String {
  let isMasked = text == "…" || (text.count == 8 && text.dropFirst(3).first == "…")
  return isMasked ? text : Secret(text).description
}

extension Substring {
  /// `contains(_: String)` is Foundation's, which this target does without.
  fileprivate func containsText(_ text: String) -> Bool {
    indices.contains { self[$0...].hasPrefix(text) }
  }
}
