import Journal
import Pipeline
import Settings
import Stages
import Synchronization

/// Makes snapshots, with rates over the time since the one before.
final class SnapshotMaker: Sendable {
  private struct Earlier {
    var at: MonotonicTime
    var meters: [(meter: StageMeter, numbers: StageMeter.Snapshot)] = []
    var rates: [Double] = []
    /// Of the first stage, some minutes ago at most while somebody looks.
    var latencies: [(at: MonotonicTime, counts: LatencyHistogram.Counts)] = []
    var latencyMeter: StageMeter?
  }

  /// Rates over less are noise.
  private static let shortestSpan: Duration = .milliseconds(500)
  /// How far back the latencies of events reach.
  private static let latencyMemory: Duration = .seconds(300)
  private static let latencySpacing: Duration = .seconds(10)

  private let backend: any AdminBackend
  private let numbers: LiveNumbers
  private let started: MonotonicTime
  private let earlier: Mutex<Earlier>
  private let carriedOver = Mutex<(day: Int64, totals: UsageTotals)?>(nil)
  private let processStart: Int64

  init(_ backend: any AdminBackend, _ numbers: LiveNumbers) {
    self.backend = backend
    self.numbers = numbers
    started = backend.time.now
    processStart = backend.time.wallMilliseconds
    earlier = Mutex(Earlier(at: backend.time.now))
  }

  func snapshot() async -> Snapshot {
    let graph = backend.graph
    let meters = graph.nodes.map { ($0.meter, $0.meter.snapshot) }
    let rates = rates(meters)
    let exchanges = backend.inFlight
    let journal = backend.journalStatus
    func rate(_ index: Int?) -> Double { index.map { rates[$0] } ?? 0 }
    return Snapshot(
      at: backend.time.wallMilliseconds, uptime: (backend.time.now - started).milliseconds,
      requestsPerSecond: rate(meters.indices.first),
      eventsPerSecond: rate(graph.nodes.lastIndex { $0.kind == .stage }),
      inFlight: exchanges.map { InFlight($0) },
      nodes: meters.enumerated().map {
        Snapshot.Node(name: $1.0.name.rawValue, numbers: $1.1, rate: rates[$0])
      },
      firstContent: numbers.firstContent,
      eventLatency: latency(graph.nodes.first { $0.kind == .stage }?.meter),
      today: await today(), endpoints: endpoints(exchanges), newest: newest(exchanges),
      journal: Snapshot.JournalState(
        droppedBytes: journal.droppedBytes, queuedBytes: journal.queuedBytes,
        isOK: journal.isFine, message: journal.message))
  }

  /// Inputs per second of each node.
  private func rates(_ meters: [(StageMeter, StageMeter.Snapshot)]) -> [Double] {
    let now = backend.time.now
    return earlier.withLock { earlier in
      let span = now - earlier.at
      if span < Self.shortestSpan, earlier.rates.count == meters.count { return earlier.rates }
      let seconds = max(span.milliseconds, 1) / 1000
      let new = meters.map { meter, numbers in
        // After a reload the meters are others and begin at zero.
        let before = earlier.meters.first { $0.meter === meter }?.numbers.received ?? 0
        return Double(numbers.received - before) / seconds
      }
      (earlier.at, earlier.meters) = (now, meters.map { (meter: $0.0, numbers: $0.1) })
      earlier.rates = new
      return new
    }
  }

  private func latency(_ meter: StageMeter?) -> Percentiles? {
    guard let meter else { return nil }
    let (now, counts) = (backend.time.now, meter.through.counts)
    let base = earlier.withLock { earlier -> LatencyHistogram.Counts in
      if earlier.latencyMeter !== meter { (earlier.latencyMeter, earlier.latencies) = (meter, []) }
      // The newest that is old enough stays, so that there is always one to compare with.
      while earlier.latencies.count > 1, now - earlier.latencies[1].at >= Self.latencyMemory {
        earlier.latencies.removeFirst()
      }
      if earlier.latencies.last.map({ now - $0.at >= Self.latencySpacing }) ?? true {
        earlier.latencies.append((now, counts))
      }
      guard let first = earlier.latencies.first, now - first.at >= Self.latencyMemory else {
        return LatencyHistogram.Counts()
      }
      return first.counts
    }
    return Percentiles(microsecondsOf: counts.since(base))
  }

  private func today() async -> UsageTotals {
    var totals = numbers.today
    let day = Today.start(of: backend.time.wallMilliseconds)
    // What was used before this process began counts only on the day of its start.
    if day <= processStart {
      if let known = carriedOver.withLock({ $0 }), known.day == day {
        totals.add(known.totals)
      } else {
        let before = await backend.usage(since: day)
        carriedOver.withLock { $0 = (day, before) }
        totals.add(before)
      }
    }
    return totals
  }

  private func endpoints(_ exchanges: [Exchange]) -> [Snapshot.Endpoint] {
    let busy = Dictionary(grouping: exchanges.compactMap(\.recordSoFar.endpoint)) { $0 }.mapValues(\.count)
    return backend.settings.endpoints.sorted { $0.priority < $1.priority }.map { endpoint in
      Snapshot.Endpoint(
        name: endpoint.name, state: EndpointState(endpoint, backend.health),
        inFlight: busy[endpoint.name] ?? 0, reliability: numbers.reliability(of: endpoint.name))
    }
  }

  /// Those under way, too: a list of what happens shows a request when it arrives.
  private func newest(_ exchanges: [Exchange]) -> [ExchangeSummary] {
    let open = exchanges.suffix(LiveNumbers.newestLimit).map(\.recordSoFar)
    let ended = numbers.newest.filter { record in !open.contains { $0.id == record.id } }
    return (open + ended).sorted { $0.id.text > $1.id.text }.prefix(LiveNumbers.newestLimit)
      .map { ExchangeSummary($0) }
  }
}
