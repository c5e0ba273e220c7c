/// Requests of a long conversation: how the first token depends on their size.
struct Bodies: Scenario {
  let name = "bodies"
  let title = "One stream at a time with requests of 50 KB, 500 KB and 5 MB."
  let steadyFigure = "first-token-50-KB.p50"
  let extent: Extent

  private static let percentiles = [50, 90.0]
  private var sizes: [(label: String, length: Int, count: Int)] {
    [
      ("50-KB", 50_000, extent.choose(60, quick: 3)), ("500-KB", 500_000, extent.choose(30, quick: 2)),
      ("5-MB", 5_000_000, extent.choose(8, quick: 1)),
    ]
  }

  var figures: [Figure] {
    sizes.flatMap { size in
      Figure.latencies("first-token-\(size.label)", "time to first token, \(size.label)", Self.percentiles)
    }
  }

  func measure(_ visit: Visit) throws(BenchProblem) {
    for size in sizes {
      var answers = UpstreamPlan(events: 2)
      answers.gap = .milliseconds(1)
      let shape = LoadPlan.Shape.waves(count: size.count, pause: .milliseconds(5))
      let report = try visit.load(shape, answers: answers) { plan in
        plan.bodyLength = size.length
        plan.warmUp = 1
      }
      visit.record("first-token-\(size.label)", report.firstToken, Self.percentiles)
    }
  }
}
