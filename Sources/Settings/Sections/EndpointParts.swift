import Pipeline
import Stages

extension Endpoint.ModelRewrite {
  init(_ map: Mapping) {
    self.init()
    isEnabled = map["enabled"]?.boolean() ?? isEnabled
    rules = (map["rules"]?.elements() ?? []).compactMap { $0.mapping(Rule.init) }
    isImplicit = map["implicit"]?.boolean() ?? isImplicit
    if !isEnabled, !rules.isEmpty, map["enabled"] == nil {
      map["rules"]?.warn("the rules do nothing", suggestion: "add enabled: true")
    }
  }
}

extension Endpoint.ModelRewrite.Rule {
  init?(_ map: Mapping) {
    let source = map.requiredText("source_pattern", expected: "a model name, with * and ? as wildcards")
    let target = map.requiredText("target_model", expected: "the model name to send")
    guard let source, let target else { return nil }
    self.init(sourcePattern: source, targetModel: target)
  }
}

extension UpstreamProxy {
  init?(_ map: Mapping) {
    let kind: Kind? = map["type"]?.choice()
    if map["type"] == nil { map.reportMissing("type", expected: "http or socks5") }
    let address = map.requiredText("address", expected: "host:port")
    let username = map["username"]?.filledText()
    let password = map["password"]?.secretText().map(Secret.init)
    guard let kind, let address else { return nil }
    guard Self.isAddress(address) else {
      map["address"]?.reportMismatch(
        expected: "host:port",
        suggestion: address.contains("://") ? "the scheme belongs into type" : nil)
      return nil
    }
    self.init(kind: kind, address: address, username: username, password: password)
  }

  private static func isAddress(_ text: String) -> Bool {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
      return false
    }
    let host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    return (1...65535).contains(port) && !host.isEmpty && (isBracketed || !host.contains(":"))
      && !host.contains { $0 == "/" || $0 == "@" || $0.isWhitespace }
  }
}

extension DemoScript {
  init(_ map: Mapping) {
    self.init()
    fault = map["fault"]?.choice()
    afterEvents = map["after_events"]?.integer(in: 0...1_000_000) ?? afterEvents
    eventDelay = map["event_delay"]?.duration(plainSeconds: false) ?? eventDelay
    text = map["text"]?.filledText()
  }
}
