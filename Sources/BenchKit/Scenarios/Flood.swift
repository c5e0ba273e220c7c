/// Events back to back: how many get through.
struct Flood: Scenario {
  let name = "flood"
  let title = """
    4 streams whose events go back to back, 16 in a send; direct is what upstream and load generator manage.
    """
  let steadyFigure = "rate"
  let extent: Extent

  var figures: [Figure] {
    [
      Figure("rate", "events", unit: "thousand/s", .own),
      Figure("cpu-per-event", "CPU per event", unit: "µs", .own),
    ]
  }

  func measure(_ visit: Visit) throws(BenchProblem) {
    var answers = UpstreamPlan(events: extent.choose(100_000, quick: 2_000))
    answers.eventsPerSend = 16
    let shape = LoadPlan.Shape.waves(count: extent.choose(2, quick: 1), pause: 0)
    let report = try visit.load(shape, answers: answers) { plan in
      plan.connections = 4
      plan.warmUp = extent.choose(1, quick: 0)
    }
    guard report.window > 0 else { return }
    visit.record("rate", Double(report.events) / Double(report.window) * 1e6)
    visit.record("cpu-per-event", cpuTime: report.cpuTime, per: report.events)
  }
}
