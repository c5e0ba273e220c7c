/// Streams as Claude Code sees them: what a proxy adds to the first token and to each event.
struct Overhead: Scenario {
  let name = "overhead"
  let title = """
    1 stream at a time and 50 at once, 60 events 5 ms apart, 50 KB request; latency added to the direct path.
    """
  let steadyFigure = "event-1.p50"
  let extent: Extent

  private static let bodyLength = 50_000
  private static let firstTokenPercentiles = [50, 90, 99.0]
  private static let eventPercentiles = [50, 90, 99, 99.9]

  var figures: [Figure] {
    Figure.latencies("first-token-1", "time to first token, 1 stream", Self.firstTokenPercentiles)
      + Figure.latencies("event-1", "latency per event, 1 stream", Self.eventPercentiles)
      + [Figure("cpu-per-event-1", "CPU per event, 1 stream", unit: "µs", .own)]
      + Figure.latencies("first-token-50", "time to first token, 50 streams", Self.firstTokenPercentiles)
      + Figure.latencies("event-50", "latency per event, 50 streams", Self.eventPercentiles)
  }

  func measure(_ visit: Visit) throws(BenchProblem) {
    try firstTokens(visit)
    try events(visit)
    try crowd(visit)
  }

  /// Many short streams, since each has one first token only.
  private func firstTokens(_ visit: Visit) throws(BenchProblem) {
    var answers = UpstreamPlan(events: 2)
    answers.gap = .milliseconds(1)
    let count = extent.choose(200, quick: 10)
    let report = try visit.load(.waves(count: count, pause: .milliseconds(4)), answers: answers) { plan in
      plan.bodyLength = Self.bodyLength
      plan.warmUp = extent.choose(20, quick: 2)
    }
    visit.record("first-token-1", report.firstToken, Self.firstTokenPercentiles)
  }

  private var answers: UpstreamPlan {
    var answers = UpstreamPlan(events: extent.choose(60, quick: 20))
    answers.gap = .milliseconds(5)
    return answers
  }

  private func events(_ visit: Visit) throws(BenchProblem) {
    let shape = LoadPlan.Shape.waves(count: extent.choose(10, quick: 1), pause: .milliseconds(5))
    let report = try visit.load(shape, answers: answers) { plan in
      plan.bodyLength = Self.bodyLength
      plan.warmUp = 1
    }
    visit.record("event-1", report.event, Self.eventPercentiles)
    visit.record("cpu-per-event-1", cpuTime: report.cpuTime, per: report.events)
  }

  private func crowd(_ visit: Visit) throws(BenchProblem) {
    let shape = LoadPlan.Shape.waves(count: extent.choose(5, quick: 1), pause: .milliseconds(50))
    let report = try visit.load(shape, answers: answers) { plan in
      plan.connections = extent.choose(50, quick: 10)
      plan.bodyLength = Self.bodyLength
      plan.warmUp = 1
    }
    visit.record("first-token-50", report.firstToken, Self.firstTokenPercentiles)
    visit.record("event-50", report.event, Self.eventPercentiles)
  }
}
