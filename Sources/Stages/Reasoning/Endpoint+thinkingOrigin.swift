import Pipeline

extension Endpoint {
  /// Who signs the thinking of this endpoint's answers.
  ///
  /// Accounts at Anthropic itself share one: it reads what any of them was sent. Of any other endpoint it is host
  /// and port of the URL, in small letters.
  package var thinkingOrigin: String {
    if isAnthropicItself { return "api.anthropic.com" }
    let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.split(separator: "@").last.map { $0.lowercased() } ?? ""
  }
}
