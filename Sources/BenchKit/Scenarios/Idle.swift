/// Thousands of open streams that say something now and then: what keeping them costs.
struct Idle: Scenario {
  let name = "idle"
  let title = """
    Open streams with an event each 3 s and a small request; each measurement has a freshly started target, and \
    its memory with the streams open is compared to that before, after 20 requests.
    """
  var steadyFigure: String { "first-token-\(counts[0].label).p50" }
  let needsFreshTarget = true
  let extent: Extent

  /// What a figure is called, and how many streams are opened.
  private var counts: [(label: Int, streams: Int)] {
    extent.choose([(1000, 1000), (5000, 5000)], quick: [(1000, 50), (5000, 300)])
  }

  var figures: [Figure] {
    counts.flatMap { count in
      [
        Figure("memory-\(count.label)", "memory per stream, \(count.label) streams", unit: "KB", .own),
        Figure("cpu-\(count.label)", "CPU, \(count.label) streams", unit: "% of a core", .own),
      ]
        + Figure.latencies(
          "first-token-\(count.label)", "time to first token, \(count.label) opened in 1 s", [50, 99])
    }
  }

  func measure(_ visit: Visit) throws(BenchProblem) {
    _ = try visit.load(.waves(count: 5, pause: 0), answers: UpstreamPlan(events: 5)) { $0.connections = 4 }
    for count in counts { try hold(count.streams, as: count.label, visit) }
  }

  private func hold(_ streams: Int, as label: Int, _ visit: Visit) throws(BenchProblem) {
    var answers = UpstreamPlan(events: extent.choose(4, quick: 4))
    answers.gap = .milliseconds(extent.choose(3000, quick: 400))
    let settle = Nanoseconds.milliseconds(extent.choose(1000, quick: 50))
    let window = Nanoseconds.milliseconds(extent.choose(3000, quick: 200))
    let report = try visit.load(.held(settle: settle, window: window), answers: answers) { plan in
      plan.connections = streams
      plan.spacing = Nanoseconds.milliseconds(extent.choose(1000, quick: 100)) / Nanoseconds(streams)
    }
    visit.record("first-token-\(label)", report.firstToken, [50, 99])
    guard report.open == streams else {
      return visit.complain(
        "only \(report.open) of \(streams) streams were open at once: no memory per stream")
    }
    guard visit.target.pid != nil, report.window > 0 else { return }
    visit.record("memory-\(label)", Double(report.memoryAfter - report.memoryBefore) / 1024 / Double(streams))
    visit.record("cpu-\(label)", Double(report.cpuTime) / Double(report.window) * 100)
  }
}
