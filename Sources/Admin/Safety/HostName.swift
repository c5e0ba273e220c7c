#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The host of a `Host` field: who the browser thinks it talks to.
///
/// A web page can make its own name point to this machine (DNS rebinding) and is then of the same origin as
/// whatever answers. It cannot do that with `localhost`, and not with an address, which is why those are safe.
package struct HostName: Sendable, Equatable {
  /// Lower case, without port and brackets.
  package let text: String
  private let isIPv6: Bool

  /// - Parameter authority: `name`, `name:port`, `[address]` or `[address]:port`; nil for anything else.
  package init?(authority: String) {
    let bytes = Array(authority.utf8)
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    var host = Substring(authority)
    isIPv6 = host.hasPrefix("[")
    if isIPv6 {
      guard let end = host.firstIndex(of: "]") else { return nil }
      guard Self.isPort(host[host.index(after: end)...]) else { return nil }
      host = host[host.index(after: host.startIndex)..<end]
    } else if let colon = host.firstIndex(of: ":") {
      guard Self.isPort(host[colon...]) else { return nil }
      host = host[..<colon]
    }
    guard !host.isEmpty, host.allSatisfy(isIPv6 ? Self.isAddressPart : Self.isNamePart) else { return nil }
    text = host.lowercased()
  }

  /// `:8080`, or nothing.
  private static func isPort(_ text: Substring) -> Bool {
    guard !text.isEmpty else { return true }
    let digits = text.dropFirst()
    return text.hasPrefix(":") && (1...5).contains(digits.count)
      && digits.allSatisfy { $0.isASCII && $0.isNumber } && Int(digits) ?? .max <= 65_535
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "-._".contains(character))
  }

  private static func isAddressPart(_ character: Character) -> Bool {
    character.isASCII && (character.isHexDigit || character == ":" || character == ".")
  }

  /// A name that only this machine has, an address, or one of `allowed` (names without ports).
  package func isAllowed(_ allowed: [String]) -> Bool {
    if isLocalName || isAddress { return true }
    return allowed.contains { $0.lowercased() == text }
  }

  private var isLocalName: Bool { text == "localhost" || text.hasSuffix(".localhost") }

  /// Four decimal numbers written out, or an IPv6 address in brackets. Other spellings of addresses (`127.1`,
  /// `0x7f.1`, `2130706433`) are names here: no browser sends them.
  package var isAddress: Bool {
    if isIPv6 {
      var address = in6_addr()
      return unsafe inet_pton(AF_INET6, text, &address) == 1
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy { $0.isASCII && $0.isNumber }
          && (part.count == 1 || !part.hasPrefix("0")) && Int(part) ?? .max <= 255
      }
  }

  /// Nobody but this machine can connect to a server that listens here.
  package var isLoopback: Bool {
    isLocalName || (isIPv6 ? text == "::1" : isAddress && text.hasPrefix("127."))
  }

  /// The host a server is told to listen on: IPv6 addresses with or without brackets.
  package init?(listening host: String) {
    self.init(authority: host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host)
  }
}
