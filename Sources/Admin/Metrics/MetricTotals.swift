import Pipeline

/// A set of labels: names and values in the order they are written.
struct Labels: Hashable, Sendable {
  struct Label: Hashable, Sendable {
    var name: String
    var value: String
  }

  var all: [Label]

}

/// Sums since the start, by labels without free values: names of the configuration, codes, and models, of which
/// only so many are told apart.
struct MetricTotals: Sendable {
  /// Clients name models as they like; those that come later are counted together.
  private static let modelLimit = 50

  private(set) var requests: [Labels: Int] = [:]
  private(set) var attemptFailures: [Labels: Int] = [:]
  private(set) var attempts: [Labels: Int] = [:]
  private(set) var firstToken: [Labels: BucketHistogram] = [:]
  private(set) var outputChunk: [Labels: BucketHistogram] = [:]
  private(set) var duration: [Labels: BucketHistogram] = [:]
  private(set) var tokens: [Labels: BucketHistogram] = [:]
  private var models: Set<String> = []

  mutating func add(_ record: ExchangeRecord) {
    let endpoint = record.endpoint ?? ""
    requests[
      ["outcome": record.outcome.rawValue, "code": record.failureCode ?? "", "endpoint": endpoint], default: 0
    ] += 1
    let total = record.total.map(Self.seconds)
    if let total {
      duration[["outcome": record.outcome.rawValue], default: .duration].record(total)
    }
    guard let name = record.model else { return }
    let model = known(name)
    let labels: Labels = ["gen_ai_request_model": model, "endpoint": endpoint]
    if let first = record.firstContent.map(Self.seconds) {
      firstToken[labels, default: .firstToken].record(first)
      if let total, record.isStreamed, record.report.events > 1 {
        outputChunk[labels, default: .outputChunk].record((total - first) / Double(record.report.events - 1))
      }
    }
    for (type, count) in Self.counts(record.report.usage) {
      guard let count else { continue }
      let labels: Labels = [
        "gen_ai_token_type": type, "gen_ai_request_model": model, "endpoint": endpoint,
      ]
      tokens[labels, default: .tokens].record(Double(count))
    }
  }

  mutating func add(_ attempt: AttemptRecord) {
    attempts[["endpoint": attempt.endpoint], default: 0] += 1
    guard let code = attempt.failureCode else { return }
    attemptFailures[
      ["endpoint": attempt.endpoint, "code": code, "stage": attempt.failureStage ?? ""], default: 0] += 1
  }

  private mutating func known(_ model: String) -> String {
    if models.contains(model) { return model }
    guard models.count < Self.modelLimit, model.utf8.count <= 100 else { return "other" }
    models.insert(model)
    return model
  }

  private static func counts(_ usage: TokenUsage) -> [(String, Int?)] {
    [
      ("input", usage.input), ("output", usage.output), ("cache_creation", usage.cacheCreation),
      ("cache_read", usage.cacheRead),
    ]
  }

  private static func seconds(_ duration: Duration) -> Double { duration.milliseconds / 1000 }
}

extension Labels: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral labels: (String, String)...) {
    all = labels.map { Label(name: $0.0, value: $0.1) }
  }
}
