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
    var newest: [ExchangeRecord] = []
    var recent: [(at: MonotonicTime, firstContent: Duration)] = []
    var today = Today()
  }

  private let time: any TimeSource
  private let state = Mutex(State())
  /// In USD, by the model's name; set once prices are known.
  private let price = Mutex<@Sendable (TokenUsage, String) -> Double?>({ _, _ in nil })

  package init(time: any TimeSource) { self.time = time }

  /// Says what answers cost from now on.
  package func setPrices(_ cost: @escaping @Sendable (TokenUsage, String) -> Double?) {
    price.withLock { $0 = cost }
  }

  /// An exchange ended.
  package func end(_ record: ExchangeRecord) {
    let cost = record.model.flatMap { model in price.withLock { $0 }(record.report.usage, model) }
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
