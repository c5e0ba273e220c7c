import Stages

extension FailureRule {
  private enum Word: String, CaseIterable {
    case retry, bench
    case switchEndpoint = "switch"
    case passThrough = "pass_through"
  }

  /// Reads one element of `failover.rules`.
  init?(_ map: Mapping) {
    guard let value = map["action"] else {
      map.reportMissing("action", expected: "retry, switch, bench or pass_through")
      map.acceptRest()
      return nil
    }
    guard let word: Word = value.choice() else {
      map.acceptRest()
      return nil
    }
    let rest = map["for"]?.duration()
    if rest != nil, word != .bench { map["for"]?.report("only the action bench has a time") }
    switch word {
    case .retry: self.init(action: .retry)
    case .switchEndpoint: self.init(action: .switchEndpoint)
    case .passThrough: self.init(action: .passThrough)
    case .bench: self.init(action: .bench(rest ?? .seconds(60)))
    }
    statuses = (map["status"].map { $0.isList ? $0.elements() : [$0] } ?? []).compactMap(Self.statuses)
    errorType = map["error_type"]?.filledText()
    endpoint = map["endpoint"]?.filledText()
    if let value = map["body"], let pattern = value.filledText() {
      if Self.isExpression(pattern) {
        body = pattern
      } else {
        value.reportMismatch(expected: "a regular expression")
      }
    }
    if ["status", "error_type", "body", "endpoint"].allSatisfy({ map[$0] == nil }) {
      map.reportMissing("status", expected: "a condition: status, error_type, body or endpoint")
    }
  }

  /// `400`, `5xx` or `500-504`.
  private static func statuses(_ value: Value) -> ClosedRange<Int>? {
    guard let text = value.filledText() else { return nil }
    if text.count == 3, text.hasSuffix("xx"), let hundreds = Int(text.prefix(1)), (1...5).contains(hundreds) {
      return hundreds * 100...hundreds * 100 + 99
    }
    let ends = text.split(separator: "-").map { Int($0) }
    if let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
      (100...599).contains(first), (100...599).contains(last)
    {
      return first...last
    }
    value.reportMismatch(expected: "an HTTP status such as 400, 5xx or 500-504")
    return nil
  }

  func outline(_ out: inout Outline) {
    if !statuses.isEmpty { out.texts("status", statuses.map(Self.text)) }
    out.text("error_type", errorType)
    out.text("body", body)
    out.text("endpoint", endpoint)
    switch action {
    case .retry: out.plain("action", Word.retry.rawValue)
    case .switchEndpoint: out.plain("action", Word.switchEndpoint.rawValue)
    case .passThrough: out.plain("action", Word.passThrough.rawValue)
    case .bench(let rest):
      out.plain("action", Word.bench.rawValue)
      out.duration("for", rest)
    }
  }

  private static func text(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? String(range.lowerBound) : "\(range.lowerBound)-\(range.upperBound)"
  }
}
