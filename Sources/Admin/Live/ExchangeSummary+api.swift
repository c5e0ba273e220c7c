package import Journal
package import Pipeline

/// One request in a list.
extension ExchangeSummary: JSONObject {
  package static let schemaName = "ExchangeSummary"
  package static let members: [Member<ExchangeSummary>] = [
    Member("id") { $0.id.text }, Member("arrived", "Milliseconds since 1970") { $0.arrived },
    Member("method") { $0.method }, Member("path") { $0.path },
    Member("model") { $0.model }, Member("endpoint") { $0.endpoint },
    Member("session") { $0.session }, Member("tags") { $0.tags },
    Member("streamed") { $0.isStreamed },
    Member("outcome", oneOf: ExchangeRecord.Outcome.allCases.map(\.rawValue)) { $0.outcome.rawValue },
    Member("status") { $0.status }, Member("attempts") { $0.attempts },
    Member("failure_code") { $0.failureCode }, Member("failure_detail") { $0.failureDetail },
    Member("first_content_ms") { $0.firstContent?.milliseconds },
    Member("total_ms") { $0.total?.milliseconds }, Member("bytes_in") { $0.bytesIn },
    Member("bytes_out") { $0.bytesOut }, Member("usage") { Usage($0.usage) },
    Member("stop_reason") { $0.stopReason },
    Member("repairs", "How many faults were mended") { $0.repairs },
  ]
}

/// Token counts; null where the endpoint did not say.
package struct Usage: JSONObject {
  package let usage: TokenUsage

  package init(_ usage: TokenUsage) { self.usage = usage }

  package static let schemaName = "Usage"
  package static let members: [Member<Usage>] = [
    Member("input") { $0.usage.input }, Member("output") { $0.usage.output },
    Member("cache_creation") { $0.usage.cacheCreation }, Member("cache_read") { $0.usage.cacheRead },
  ]
}
