package import Pipeline

/// A request under way.
package struct InFlight: JSONObject {
  package var id: String
  package var model: String?
  package var endpoint: String?
  package var session: String?
  package var stage: String
  package var attempts: Int
  package var elapsed: Double
  package var sinceByte: Double?
  package var sinceProgress: Double?
  /// An estimate: an event of some 160 bytes carries about four tokens.
  package var outputTokens: Int?
  package var tokensPerSecond: Double?
  package var firstContent: Double?

  package init(_ exchange: Exchange) {
    let (record, progress, now) = (exchange.recordSoFar, exchange.progress, exchange.time.now)
    id = record.id.text
    model = record.model
    endpoint = record.endpoint
    session = record.session
    stage = progress.stage.rawValue
    attempts = record.attempts
    elapsed = max(0, exchange.elapsed.milliseconds)
    sinceByte = progress.lastByte.map { max(0, (now - $0).milliseconds) }
    sinceProgress = progress.lastProgress.map { max(0, (now - $0).milliseconds) }
    firstContent = record.firstContent?.milliseconds
    guard let firstContent else { return }
    let tokens = max(record.report.usage.output ?? 0, progress.bytesSent / 40)
    outputTokens = tokens
    let writing = elapsed - firstContent
    if writing >= 100 { tokensPerSecond = Double(tokens) * 1000 / writing }
  }

  package static let schemaName = "InFlight"
  package static let members: [Member<InFlight>] = [
    Member("id") { $0.id }, Member("model") { $0.model }, Member("endpoint") { $0.endpoint },
    Member("session") { $0.session }, Member("stage", "A node of the graph") { $0.stage },
    Member("attempts") { $0.attempts }, Member("elapsed_ms") { $0.elapsed },
    Member("since_byte_ms") { $0.sinceByte }, Member("since_progress_ms") { $0.sinceProgress },
    Member("output_tokens", "An estimate") { $0.outputTokens },
    Member("tokens_per_second") { $0.tokensPerSecond }, Member("first_content_ms") { $0.firstContent },
  ]
}
