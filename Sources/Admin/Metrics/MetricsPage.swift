import Journal
import Pipeline
import Settings
import Stages

/// `/metrics`: the meters and sums as they are, with the names of OpenTelemetry's conventions for generative AI
/// where there are such.
///
/// No second set of counters: what a library of metrics would count is counted already.
struct MetricsPage {
  let backend: any AdminBackend
  let numbers: LiveNumbers

  var text: String {
    var out = Exposition()
    let totals = numbers.totals
    requests(totals, &out)
    attempts(totals, &out)
    stages(&out)
    endpoints(&out)
    journal(&out)
    process(&out)
    return out.text
  }

  private func requests(_ totals: MetricTotals, _ out: inout Exposition) {
    out.metric("companion_requests_total", .counter, "Requests that ended, by outcome and failure code.")
    out.samples("companion_requests_total", totals.requests)
    out.metric("companion_requests_in_flight", .gauge, "Requests under way.")
    out.sample("companion_requests_in_flight", [:], Double(backend.inFlight.count))
    out.histograms(
      "companion_request_duration_seconds", "From the request's arrival to the end of its answer.",
      totals.duration)
    out.histograms(
      "gen_ai_server_time_to_first_token_seconds", "From the request's arrival to the first content.",
      totals.firstToken)
    out.histograms(
      "gen_ai_server_time_per_output_chunk_seconds", "Mean time between the events of a streamed answer.",
      totals.outputChunk)
    out.histograms(
      "gen_ai_client_token_usage", "Tokens of one answer, as its endpoint counted.", totals.tokens)
  }

  private func attempts(_ totals: MetricTotals, _ out: inout Exposition) {
    out.metric("companion_attempts_total", .counter, "Attempts that ended.")
    out.samples("companion_attempts_total", totals.attempts)
    out.metric("companion_attempt_failures_total", .counter, "Attempts that failed, by code and stage.")
    out.samples("companion_attempt_failures_total", totals.attemptFailures)
  }

  private func stages(_ out: inout Exposition) {
    let nodes = backend.graph.nodes.map { ($0.name.rawValue, $0.meter.snapshot) }
    func counter(_ name: String, _ help: String, _ value: (StageMeter.Snapshot) -> Int) {
      out.metric(name, .counter, help)
      for (stage, numbers) in nodes { out.sample(name, ["stage": stage], Double(value(numbers))) }
    }
    counter("companion_stage_received_total", "Elements that entered a step or stage.") { $0.received }
    counter("companion_stage_emitted_total", "Elements that left it.") { $0.emitted }
    counter("companion_stage_failures_total", "Failures it noticed.") { $0.failed }
    counter("companion_stage_repairs_total", "Faults of endpoints it mended.") { $0.repaired }
    out.metric("companion_stage_running", .gauge, "Requests inside a step.")
    for (stage, numbers) in nodes {
      out.sample("companion_stage_running", ["stage": stage], Double(numbers.running))
    }
    out.metric(
      "companion_stage_event_seconds", .gauge, "Mean time of one event in a stage alone, of samples.")
    for (stage, numbers) in nodes {
      guard let nanoseconds = numbers.nanosecondsPerEvent else { continue }
      out.sample("companion_stage_event_seconds", ["stage": stage], nanoseconds / 1e9)
    }
  }

  private func endpoints(_ out: inout Exposition) {
    let endpoints = backend.settings.endpoints
    let busy = Dictionary(grouping: backend.inFlight.compactMap(\.recordSoFar.endpoint)) { $0 }
    out.metric("companion_endpoint_state", .gauge, "1 for the state an endpoint is in.")
    for endpoint in endpoints {
      let state = EndpointState(endpoint, backend.health).name
      for name in EndpointState.names {
        out.sample(
          "companion_endpoint_state", ["endpoint": endpoint.name, "state": name], name == state ? 1 : 0)
      }
    }
    out.metric("companion_endpoint_headroom", .gauge, "The part of its quota an endpoint has left, 0 to 1.")
    for endpoint in endpoints {
      out.sample(
        "companion_endpoint_headroom", ["endpoint": endpoint.name], backend.health.headroom(of: endpoint.name)
      )
    }
    out.metric("companion_endpoint_in_flight", .gauge, "Requests an endpoint answers now.")
    for endpoint in endpoints {
      out.sample(
        "companion_endpoint_in_flight", ["endpoint": endpoint.name], Double(busy[endpoint.name]?.count ?? 0))
    }
  }

  private func journal(_ out: inout Exposition) {
    let journal = backend.journalStatus
    out.metric("companion_journal_writing", .gauge, "1 while the journal can write.")
    out.sample("companion_journal_writing", [:], journal.isWriting ? 1 : 0)
    out.metric("companion_journal_write_errors_total", .counter, "Writes that failed.")
    out.sample("companion_journal_write_errors_total", [:], Double(journal.writeErrors))
    out.metric("companion_journal_dropped_bytes_total", .counter, "Bytes of bodies given up.")
    out.sample("companion_journal_dropped_bytes_total", [:], Double(journal.droppedBytes))
    out.metric("companion_journal_lost_rows_total", .counter, "Rows of the index given up.")
    out.sample("companion_journal_lost_rows_total", [:], Double(journal.droppedRows))
    out.metric("companion_journal_queued_bytes", .gauge, "Bytes of bodies that wait to be written.")
    out.sample("companion_journal_queued_bytes", [:], Double(journal.queuedBytes))
  }

  private func process(_ out: inout Exposition) {
    let process = ProcessNumbers()
    out.metric("companion_configuration_generation", .gauge, "One more with each reload that took effect.")
    out.sample("companion_configuration_generation", [:], Double(backend.generationNumber))
    out.metric("companion_build_info", .gauge, "1, with the version.")
    out.sample("companion_build_info", ["version": backend.version], 1)
    if let bytes = process.residentBytes {
      out.metric("process_resident_memory_bytes", .gauge, "Memory of this process.")
      out.sample("process_resident_memory_bytes", [:], Double(bytes))
    }
    if let files = process.openFiles {
      out.metric("process_open_fds", .gauge, "Open files and connections.")
      out.sample("process_open_fds", [:], Double(files))
    }
  }
}
