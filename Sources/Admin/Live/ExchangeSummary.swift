package import Pipeline

/// One request in a list.
package struct ExchangeSummary: JSONObject {
  package let record: ExchangeRecord

  package init(_ record: ExchangeRecord) { self.record = record }

  package static let schemaName = "ExchangeSummary"
  package static let members: [Member<ExchangeSummary>] = [
    Member("id") { $0.record.id.text },
    Member("arrived", "Milliseconds since 1970") { $0.record.arrived },
    Member("method") { $0.record.method }, Member("path") { $0.record.path },
    Member("model") { $0.record.model }, Member("endpoint") { $0.record.endpoint },
    Member("session") { $0.record.session }, Member("tags") { $0.record.tags },
    Member("streamed") { $0.record.isStreamed },
    Member("outcome", oneOf: ExchangeRecord.Outcome.allCases.map(\.rawValue)) { $0.record.outcome.rawValue },
    Member("status") { $0.record.status }, Member("attempts") { $0.record.attempts },
    Member("failure_code") { $0.record.failureCode }, Member("failure_detail") { $0.record.failureDetail },
    Member("first_content_ms") { $0.record.firstContent?.milliseconds },
    Member("total_ms") { $0.record.total?.milliseconds },
    Member("bytes_in") { $0.record.bytesIn }, Member("bytes_out") { $0.record.bytesOut },
    Member("usage") { Usage($0.record.report.usage) },
    Member("stop_reason") { $0.record.report.stopReason },
    Member("repairs", "How many faults were mended") { $0.record.report.repairs.values.reduce(0, +) },
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
