/// Many streams whose events come one by one: what each delivery costs.
struct Paced: Scenario {
  let name = "paced"
  let title = "200 streams, an event each 20 ms, evenly spread: every event is delivered on its own."
  let steadyFigure = "event.p50"
  let extent: Extent

  private static let percentiles = [50, 90, 99.0]
  private static let gap = Nanoseconds.milliseconds(20)

  var figures: [Figure] {
    [Figure("cpu-per-event", "CPU per event (= s per million)", unit: "µs", .own)]
      + Figure.latencies("event", "latency per event", Self.percentiles)
  }

  func measure(_ visit: Visit) throws(BenchProblem) {
    let streams = extent.choose(200, quick: 20)
    let settle = Nanoseconds.milliseconds(extent.choose(500, quick: 50))
    let window = Nanoseconds.milliseconds(extent.choose(3000, quick: 300))
    // Long enough that all streams run throughout the window, however slowly they begin.
    var answers = UpstreamPlan(events: Int((settle + window + .milliseconds(500)) / Self.gap))
    answers.gap = Self.gap
    let report = try visit.load(.held(settle: settle, window: window), answers: answers) { plan in
      plan.connections = streams
      plan.spacing = Self.gap / Nanoseconds(streams)
    }
    visit.record("cpu-per-event", cpuTime: report.cpuTime, per: report.events)
    visit.record("event", report.event, Self.percentiles)
  }
}
