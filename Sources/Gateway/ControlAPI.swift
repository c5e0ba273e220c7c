import HTTPTypes
import Pipeline

/// `/admin/api/requests`: what is under way, and the order to answer one of them elsewhere.
///
/// Meant for the user of this machine, not for web pages that their browser shows: only a host name that means
/// this machine, or an address, is answered (a page's own name that was made to point here is not), never a request
/// from another origin, and orders need a field that a page cannot send without being asked first.
struct ControlAPI: Sendable {
  static let prefix = "/admin/api/requests"

  let running: RunningExchanges
  let clientToken: Secret?

  func answer(to request: ClientRequest) -> LocalAnswer {
    if let refusal = refusal(of: request) { return refusal }
    let parts = request.path.dropFirst(Self.prefix.count).split(separator: "/")
    switch (request.method, parts.count) {
    case (.get, 0): return LocalAnswer(json: list)
    case (.post, 2) where parts[1] == "move":
      return running.move(ExchangeID(text: String(parts[0])), askedBy: "by hand, from \(request.peer)")
        ? LocalAnswer(json: #"{"moved":true}"#)
        : .error(404, "The request \(parts[0]) is not under way.")
    default:
      return .error(404, "There is GET \(Self.prefix), and POST \(Self.prefix)/ID/move.")
    }
  }

  private func refusal(of request: ClientRequest) -> LocalAnswer? {
    guard Self.meansThisMachine(request.fields[.host] ?? "") else {
      return .error(403, "Ask for this by an address or as localhost.")
    }
    if let site = request.fields[.fetchSite], site != "same-origin", site != "none" {
      return .error(403, "Not from another origin.")
    }
    if request.method != .get, request.fields[.control] == nil {
      return .error(403, "Orders need the field x-companion-control: 1.")
    }
    if let clientToken, !AcceptRequest.isKnown(request, clientToken) {
      return .error(401, "This needs server.auth_token.")
    }
    return nil
  }

  /// A name that only this machine has, or any address: neither can be made to point here by somebody else.
  static func meansThisMachine(_ authority: String) -> Bool {
    let host =
      authority.hasPrefix("[")
      ? String(authority.prefix { $0 != "]" }) : String(authority.prefix { $0 != ":" })
    return host == "localhost" || host.hasPrefix("[")
      || (!host.isEmpty && host.allSatisfy { $0.isNumber || $0 == "." })
  }

  private var list: String {
    let entries = running.all.map { exchange in
      let record = exchange.recordSoFar
      let members: [(String, String?)] = [
        ("id", record.id.text.jsonQuoted), ("model", record.model?.jsonQuoted),
        ("endpoint", record.endpoint?.jsonQuoted), ("session", record.session?.jsonQuoted),
        ("attempts", String(record.attempts)),
        ("milliseconds", String(Int(exchange.elapsed.milliseconds))),
        ("first_content_milliseconds", record.firstContent.map { String(Int($0.milliseconds)) }),
      ]
      return "{" + members.map { "\($0.jsonQuoted):\($1 ?? "null")" }.joined(separator: ",") + "}"
    }
    return #"{"requests":[\#(entries.joined(separator: ","))]}"#
  }
}

extension LocalAnswer {
  fileprivate static func error(_ status: Int, _ message: String) -> LocalAnswer {
    LocalAnswer(status: status, json: AnthropicError(status: status, message: message).body.text)
  }
}

extension HTTPField.Name {
  fileprivate static let control = HTTPField.Name("x-companion-control")!
  fileprivate static let fetchSite = HTTPField.Name("sec-fetch-site")!
  fileprivate static let host = HTTPField.Name("host")!
}
