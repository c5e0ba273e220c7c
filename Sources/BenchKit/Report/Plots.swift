/// The drawings of a run, by file name.
package struct Plots {
  private let run: RunResult

  package init(_ run: RunResult) { self.run = run }

  /// Only of what was measured.
  package var documents: [String: String] {
    var documents: [String: String] = [:]
    documents["first-token.svg"] = percentiles(
      "Time to first token, 1 stream, 50 KB request", "first-token-1", ["p50", "p90", "p99"])
    documents["latency.svg"] = percentiles(
      "Latency of an event, 1 stream, from the upstream's send to the client", "event-1",
      ["p50", "p90", "p99", "p99.9"])
    documents["latency-50.svg"] = percentiles(
      "Latency of an event, 50 streams at once", "event-50", ["p50", "p90", "p99", "p99.9"])
    documents["cpu.svg"] = bars(
      "CPU time of the proxy", unit: "µs",
      [
        ("paced", "cpu-per-event", "per event, 200 streams, each event on its own"),
        ("requests", "cpu-per-request", "per small request"),
      ])
    documents["memory.svg"] = bars(
      "Memory per open stream", unit: "KB",
      [("idle", "memory-1000", "1,000 streams"), ("idle", "memory-5000", "5,000 streams")])
    return documents
  }

  private func color(of target: String) -> String {
    let place = Target.all.firstIndex { $0.name == target } ?? 0
    return SVG.palette[place % SVG.palette.count]
  }

  private func percentiles(_ title: String, _ series: String, _ names: [String]) -> String? {
    let measured = run.scenarios.first { $0.name == "overhead" }?.series.filter { $0.name == series } ?? []
    guard !measured.isEmpty else { return nil }
    return PercentileChart(
      title, percentiles: names,
      lines: measured.map { series in
        .init(
          label: series.target, color: color(of: series.target), values: names.map { series.percentiles[$0] })
      }
    ).document
  }

  private func bars(
    _ title: String, unit: String, _ figures: [(scenario: String, figure: String, title: String)]
  ) -> String? {
    let groups = figures.compactMap { entry -> (title: String, bars: [BarChart.Bar])? in
      let bars = run.figure(entry.figure, of: entry.scenario)?.columns.compactMap { column in
        column.spread.map {
          BarChart.Bar(label: column.target, color: color(of: column.target), value: $0.median)
        }
      }
      return bars.flatMap { $0.isEmpty ? nil : (entry.title, $0) }
    }
    return groups.isEmpty ? nil : BarChart(title, unit: unit, groups: groups).document
  }
}
