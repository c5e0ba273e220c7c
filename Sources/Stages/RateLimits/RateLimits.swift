package import HTTPTypes

/// What an answer of Anthropic's API says about the quota behind it (anthropic-request.md §7).
///
/// Two families: windows of an API key (`anthropic-ratelimit-tokens-remaining` of `…-limit`, reset as RFC 3339) and
/// windows of a subscription (`anthropic-ratelimit-unified-5h-utilization`, reset in seconds since 1970), which also
/// has a status of its own. Names are an open list: a window is whatever has one of the known endings.
package struct RateLimits: Sendable, Equatable {
  package enum Status: String, Sendable {
    case allowed
    /// Allowed, but not for long.
    case warning = "allowed_warning"
    case rejected
  }

  package struct Window: Sendable, Equatable {
    /// `tokens`, `unified-5h`
    package var name: String
    package var status: Status?
    /// The part that is left, from 0 to 1; nil when it was not said.
    package var left: Double?
    /// Milliseconds since 1970.
    package var reset: Int64?
  }

  private static let prefix = "anthropic-ratelimit-"

  /// Of the subscription as a whole.
  package private(set) var status: Status?
  /// When the subscription's tightest window begins anew, in milliseconds since 1970.
  package private(set) var reset: Int64?
  package private(set) var windows: [Window] = []

  /// Nil when nothing is said.
  package init?(_ fields: HTTPFields) {
    var said: [String: [String: String]] = [:]
    for field in fields where field.name.canonicalName.hasPrefix(Self.prefix) {
      let name = field.name.canonicalName.dropFirst(Self.prefix.count)
      guard let dash = name.lastIndex(of: "-") else { continue }
      said[String(name[..<dash]), default: [:]][String(name[name.index(after: dash)...])] = field.value
    }
    guard !said.isEmpty else { return nil }
    for (name, parts) in said.sorted(by: { $0.key < $1.key }) {
      let status = parts["status"].flatMap(Status.init(rawValue:))
      let reset = parts["reset"].flatMap(Self.milliseconds)
      if name == "unified" {
        (self.status, self.reset) = (status, reset)
      } else if let left = Self.left(parts) {
        windows.append(Window(name: name, status: status, left: left, reset: reset))
      } else if status != nil {
        windows.append(Window(name: name, status: status, left: nil, reset: reset))
      }
    }
  }

  /// The least that is left of any window that has not begun anew at `now` (milliseconds since 1970).
  package func headroom(at now: Int64) -> Double {
    if status == .rejected, reset ?? .max > now { return 0 }
    return windows.filter { $0.reset ?? .max > now }.map { $0.status == .rejected ? 0 : $0.left ?? 1 }.min()
      ?? 1
  }

  /// Until when to leave the endpoint alone, in milliseconds since 1970; nil when it may be asked.
  ///
  /// - Parameters:
  ///   - isRefused: the answer was a 429.
  ///   - heedsWarnings: leave it alone while some of the quota is left.
  package func rest(isRefused: Bool, heedsWarnings: Bool) -> (until: Int64, cause: String)? {
    if status == .rejected || status == .warning && heedsWarnings {
      let word = status == .rejected ? "the plan's limit is reached" : "the plan's limit is near"
      let tightest = windows.filter { $0.status == status }.compactMap(\.reset).max()
      return (reset ?? tightest).map { ($0, word) }
    }
    guard isRefused, let window = windows.filter({ $0.left == 0 && $0.reset != nil }).max(by: Self.isSooner)
    else { return nil }
    return window.reset.map { ($0, "no \(window.name) left") }
  }

  private static func isSooner(_ left: Window, _ right: Window) -> Bool {
    (left.reset ?? 0) < (right.reset ?? 0)
  }

  private static func left(_ parts: [String: String]) -> Double? {
    if let used = parts["utilization"].flatMap(Double.init), used.isFinite { return min(1, max(0, 1 - used)) }
    guard let limit = parts["limit"].flatMap(Double.init), limit > 0, limit.isFinite,
      let remaining = parts["remaining"].flatMap(Double.init), remaining.isFinite
    else { return nil }
    return min(1, max(0, remaining / limit))
  }

  /// Seconds since 1970, or a time as RFC 3339 writes it.
  private static func milliseconds(_ text: String) -> Int64? {
    if let seconds = Int64(text) { return (0..<1 << 40).contains(seconds) ? seconds * 1000 : nil }
    return HTTPDate.parseInternetTime(text).map { $0 * 1000 }
  }
}
