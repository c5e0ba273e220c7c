import DequeModule
package import Pipeline
import Synchronization

/// What the requests of this process say, kept as they end: the source of the live view and of `/metrics`.
package final class LiveNumbers: Sendable {
  /// So many of the newest requests are kept.
  static let newestLimit = 20
  /// How long a time to first content counts as recent.
  static let memory: Duration = .seconds(300)
  private static let recentLimit = 2000

  private struct State {
    var totals = MetricTotals()
    var newest = Deque<ExchangeRecord>()
    var recent: [(at: MonotonicTime, firstContent: Duration)] = []
    var today = Today()
  }

  private let time: any TimeSource
  private let state = Mutex(State())
  /// What answers cost, in USD; set once prices are known.
  ///
  /// In a structure: a function that is a mutex's own value comes out wrapped once more each time it is read.
  private struct Prices: Sendable {
    var cost: @Sendable (TokenUsage, String) -> Double?
  }

  private let prices = Mutex(Prices { _, _ in nil })

  package init(time: any TimeSource) { self.time = time }

  /// Says what answers cost from now on.
  package func setPrices(_ cost: @escaping @Sendable (TokenUsage, String) -> Double?) {
    prices.withLock { $0 = Prices(cost: cost) }
  }

  /// An exchange ended.
  package func end(_ record: ExchangeRecord) {
    let prices = prices.withLock { $0 }
    let cost = record.model.flatMap { prices.cost(record.report.usage, $0) }
    let (now, wall) = (time.now, time.wallMilliseconds)
    state.withLock { state in
      state.newest.append(record)
      if state.newest.count > Self.newestLimit { state.newest.removeFirst() }
      if let firstContent = record.firstContent {
        state.recent.append((now, firstContent))
        if state.recent.count > Self.recentLimit { state.recent.removeFirst(Self.recentLimit / 2) }
      }
      state.today.add(record.report.usage, cost: cost, at: wall)
      state.totals.add(record)
    }
  }

  /// An attempt ended.
  package func end(_ attempt: AttemptRecord) {
    state.withLock { $0.totals.add(attempt) }
  }

  /// The newest requests that ended, newest first.
  package var newest: [ExchangeRecord] { state.withLock { $0.newest.reversed() } }

  /// Of the last minutes; nil when there was nothing.
  package var firstContent: Percentiles? {
    let now = time.now
    return state.withLock { state in
      state.recent.removeAll { now - $0.at > Self.memory }
      return Percentiles(milliseconds: state.recent.map(\.firstContent.milliseconds))
    }
  }

  /// What was used since midnight by requests of this process.
  package var today: UsageTotals {
    state.withLock { [wall = time.wallMilliseconds] in $0.today.totals(at: wall) }
  }

  var totals: MetricTotals { state.withLock { $0.totals } }
}
