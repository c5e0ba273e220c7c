/// Small messages in one piece, as fast as eight clients ask.
struct Requests: Scenario {
  let name = "requests"
  let title = "Small non-streamed messages, 8 connections, each asking again as soon as it has its answer."
  let steadyFigure = "answer.p50"
  let extent: Extent

  private static let percentiles = [50, 99.0]

  var figures: [Figure] {
    [
      Figure("rate", "requests", unit: "1/s", .own),
      Figure("cpu-per-request", "CPU per request", unit: "µs", .own),
    ] + Figure.latencies("answer", "time to the whole answer", Self.percentiles)
  }

  func measure(_ visit: Visit) throws(BenchProblem) {
    let window = Nanoseconds.milliseconds(extent.choose(2000, quick: 200))
    let report = try visit.load(.closedLoop(window: window), answers: UpstreamPlan(events: nil)) { plan in
      plan.connections = 8
      plan.warmUp = extent.choose(50, quick: 2)
    }
    guard report.window > 0 else { return }
    visit.record("rate", Double(report.answers) / Double(report.window) * 1e9)
    visit.record("cpu-per-request", cpuTime: report.cpuTime, per: report.answers)
    visit.record("answer", report.answer, Self.percentiles)
  }
}
