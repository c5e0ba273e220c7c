import HTTPTypes
import Pipeline

/// Whether a request comes from where it may: the host it names, and what the browser says of its page.
struct RequestOrigin {
  let fields: HTTPFields

  /// Why the request is not answered; nil when it is.
  ///
  /// - Parameter isPage: a link on another page may lead to it, as it tells nothing and does nothing.
  func problem(allowedHosts: [String], isPage: Bool) -> String? {
    guard let authority = fields[.host], let host = HostName(authority: authority),
      host.isAllowed(allowedHosts)
    else {
      return
        "This host name is not known here: use localhost or an address, or add it to web_admin.allowed_hosts."
    }
    let sites = fields[values: .fetchSite]
    if sites.contains(where: { $0 != "same-origin" && $0 != "none" }), !(isPage && isNavigation) {
      return "This is not for pages of other origins."
    }
    if fields[values: .origin].contains(where: { !Self.isOrigin($0, of: authority) }) {
      return "This is not for pages of other origins."
    }
    return nil
  }

  private var isNavigation: Bool {
    fields[.fetchMode] == "navigate" && (fields[.fetchDestination] ?? "document") == "document"
  }

  private static func isOrigin(_ origin: String, of authority: String) -> Bool {
    let (origin, authority) = (origin.lowercased(), authority.lowercased())
    return origin == "http://\(authority)" || origin == "https://\(authority)"
  }
}

extension HTTPField.Name {
  static let host = HTTPField.Name("host")!
  static let fetchSite = HTTPField.Name("sec-fetch-site")!
  static let fetchMode = HTTPField.Name("sec-fetch-mode")!
  static let fetchDestination = HTTPField.Name("sec-fetch-dest")!
  static let csrfToken = HTTPField.Name("x-csrf-token")!
}
