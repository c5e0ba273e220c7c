/// The first endpoint breaks off each answer: what the client notices of it.
struct Failover: Scenario {
  let name = "failover"
  let title = """
    The first endpoint closes the connection after message_start; time until the second one's first token, and \
    what that is more than with a first endpoint that works. Only ours can do this after a status of 200.
    """
  let steadyFigure = ""
  let extent: Extent

  private static let percentiles = [50, 90, 99.0]

  var figures: [Figure] {
    [
      Figure("added.p50", "added to the first token by the failover, p50", unit: "µs", .own),
      Figure("added.p99", "added to the first token by the failover, p99", unit: "µs", .own),
    ]
      + Self.percentiles.map {
        Figure("broken.\(Figure.name($0))", "time to first token, \(Figure.name($0))", unit: "µs", .own)
      }
  }

  func serves(_ target: Target) -> Bool { target.isOurs }

  func measure(_ visit: Visit) throws(BenchProblem) {
    let healthy = try firstTokens(visit, breaks: false)
    let broken = try firstTokens(visit, breaks: true)
    visit.record("broken", broken, Self.percentiles)
    for percentile in [50, 99.0] {
      guard let before = healthy.percentile(percentile), let after = broken.percentile(percentile) else {
        continue
      }
      visit.record("added.\(Figure.name(percentile))", after - before)
    }
  }

  private func firstTokens(_ visit: Visit, breaks: Bool) throws(BenchProblem) -> Latencies {
    var answers = UpstreamPlan(events: 2)
    answers.gap = .milliseconds(1)
    answers.firstEndpointBreaks = breaks
    let shape = LoadPlan.Shape.waves(count: extent.choose(100, quick: 5), pause: .milliseconds(5))
    return try visit.load(shape, answers: answers) { plan in
      plan.bodyLength = 50_000
      plan.warmUp = 2
    }.firstToken
  }
}
