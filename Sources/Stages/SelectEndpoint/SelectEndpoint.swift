package import Pipeline

/// Decides which endpoints may serve a request, and in which order they are asked.
///
/// A tagged request goes to the endpoints that have all its tags, then to universal (untagged) ones; an
/// untagged request to universal ones only. Within each of these groups smaller `priority` comes first, and
/// the strategy orders endpoints of equal priority. With session affinity the endpoint that served the session
/// last comes first in its group, whatever its priority, unless it is benched: its prompt cache is warm. Endpoints
/// that said their quota is used up come last in their group.
/// A `count_tokens` request goes where a candidate has its tokens counted (`count_tokens`).
///
/// When every suitable endpoint is benched, all of them are candidates, the one that is back first in front:
/// a request in hand is the best probe there is. A request of the proxy's own goes where it says, and nowhere else. Without any suitable endpoint `candidates` is empty.
package struct SelectEndpoint: Step {
  package static let name: StageName = "select-endpoint"

  /// By priority; those of equal priority in the order of the configuration. Requests sort places in this list:
  /// an endpoint has much to copy.
  private let endpoints: [Endpoint]
  private let options: SelectionOptions
  private let health: EndpointHealth
  private let rotation = Rotation()

  package init(endpoints: [Endpoint], options: SelectionOptions, health: EndpointHealth) {
    self.endpoints = endpoints.enumerated()
      .sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }.map(\.element)
    self.options = options
    self.health = health
  }

  package func run(_ input: TaggedRequest, in exchange: Exchange) -> RoutedRequest {
    if let name = input.request.destination {
      return RoutedRequest(tagged: input, candidates: endpoints.filter { $0.name == name }, skipped: [])
    }
    let (ready, benched, skips) = sorted(input)
    var resting = benched
    var candidates = ordered(ready, for: input, takesTurn: true).map { endpoints[$0] }
    while let first = candidates.first, let rest = restOfUnprobed(first, input) {
      resting.append(rest)
      candidates.removeFirst()
    }
    let isLastResort = candidates.isEmpty
    if isLastResort { candidates = resting.sorted { $0.until < $1.until }.map(\.endpoint) }
    if input.facts.kind == .countTokens { candidates = candidates.map(counting) }
    let rests = resting.map { RoutedRequest.Skip(endpoint: $0.endpoint.name, reason: $0.reason) }

    let now = exchange.time.wallMilliseconds
    let lines =
      skips.map { $0.line(at: now) }
      + rests.map { $0.line(at: now) + (isLastResort ? "; asked as a last resort" : "") }
    exchange.note { $0.skipped = lines }
    return RoutedRequest(tagged: input, candidates: candidates, skipped: isLastResort ? skips : skips + rests)
  }

  /// Where a request would go at this moment. Nobody's turn is taken and no probe is claimed.
  package func trial(_ input: TaggedRequest) -> RoutedRequest {
    let (ready, resting, skips) = sorted(input)
    let candidates = ordered(ready, for: input, takesTurn: false).map { endpoints[$0] }
    let rests = resting.map { RoutedRequest.Skip(endpoint: $0.endpoint.name, reason: $0.reason) }
    guard candidates.isEmpty else {
      return RoutedRequest(tagged: input, candidates: candidates, skipped: skips + rests)
    }
    let last = resting.sorted { $0.until < $1.until }.map(\.endpoint)
    return RoutedRequest(tagged: input, candidates: last, skipped: skips)
  }

  /// Who may serve a request now, who could but is on the bench, and who may not.
  private func sorted(
    _ input: TaggedRequest
  ) -> (ready: [Int], resting: [Resting], skips: [RoutedRequest.Skip]) {
    var skips: [RoutedRequest.Skip] = []
    var ready: [Int] = []
    var resting: [Resting] = []
    for (place, endpoint) in endpoints.enumerated() {
      if let reason = endpoint.reasonToSkip(input) ?? reasonToStandBack(endpoint, input) {
        skips.append(RoutedRequest.Skip(endpoint: endpoint.name, reason: reason))
      } else if let rest = Resting(endpoint, health.status(of: endpoint.name)) {
        resting.append(rest)
      } else {
        ready.append(place)
      }
    }
    return (ready, resting, skips)
  }

  /// Who counts tokens for an endpoint: itself, or the one its configuration names.
  private func counting(_ endpoint: Endpoint) -> Endpoint {
    guard case .forward(let name) = endpoint.countTokens else { return endpoint }
    return endpoints.first { $0.name == name && $0.isEnabled } ?? endpoint
  }

  /// A demo endpoint behind a real one that could serve the request is never asked: its text would pass for an
  /// answer. Before a real one it may break on purpose, to show a failover.
  private func reasonToStandBack(_ endpoint: Endpoint, _ input: TaggedRequest) -> RoutedRequest.Reason? {
    guard endpoint.isDemo else { return nil }
    let isBehindReal = endpoints.contains { other in
      !other.isDemo && other.priority <= endpoint.priority && other.reasonToSkip(input) == nil
    }
    return isBehindReal ? .unsupported("a demo answer never stands in for a real endpoint") : nil
  }

  /// An endpoint on the bench.
  private struct Resting {
    var endpoint: Endpoint
    var until: Int64
    var cause: String

    var reason: RoutedRequest.Reason { .benched(until: until, cause: cause) }

    init?(_ endpoint: Endpoint, _ status: EndpointHealth.Status) {
      guard case .benched(let until, let cause) = status else { return nil }
      self.endpoint = endpoint
      self.until = until
      self.cause = cause
    }
  }

  /// Claims the first place for this request: an endpoint that comes back from the bench gives it to one
  /// request at a time and is at rest for the others. Only messages are reported to the health record, so
  /// only they claim.
  private func restOfUnprobed(_ endpoint: Endpoint, _ input: TaggedRequest) -> Resting? {
    input.facts.kind == .messages ? Resting(endpoint, health.claim(endpoint.name)) : nil
  }

  /// Places in `endpoints`, in the order they are asked.
  private func ordered(_ ready: [Int], for input: TaggedRequest, takesTurn: Bool) -> [Int] {
    guard ready.count > 1 else { return ready }
    let tagged = ready.filter { !endpoints[$0].tags.isEmpty }
    let universal = ready.filter { endpoints[$0].tags.isEmpty }
    let favourite = favourite(for: input)
    return arranged(tagged, favourite: favourite, isFirst: takesTurn)
      + arranged(universal, favourite: favourite, isFirst: takesTurn && tagged.isEmpty)
  }

  private func favourite(for input: TaggedRequest) -> String? {
    guard options.sessionAffinity, let session = input.facts.sessionID else { return nil }
    return health.endpoint(ofSession: session, tags: input.tags)
  }

  /// One group by priority, equal priorities by strategy, the favourite in front.
  ///
  /// - Parameter isFirst: its head is asked first, which takes a turn where turns are taken.
  private func arranged(_ group: [Int], favourite: String?, isFirst: Bool) -> [Int] {
    let hasFavourite = group.contains { endpoints[$0].name == favourite }
    var arranged: [Int] = []
    var rest = group[...]
    while let first = rest.first {
      let level = rest.prefix { endpoints[$0].priority == endpoints[first].priority }
      // A turn is taken only where it decides who is asked first; elsewhere it would skew the shares.
      arranged += byStrategy(level, takesTurn: isFirst && arranged.isEmpty && !hasFavourite)
      rest = rest[level.endIndex...]
    }
    // Who has no quota left would only refuse; it is still asked before nobody is.
    let exhausted = arranged.filter { health.headroom(of: endpoints[$0].name) <= 0 }
    guard hasFavourite || !exhausted.isEmpty else { return arranged }
    let able = arranged.filter { !exhausted.contains($0) }
    return able.filter { endpoints[$0].name == favourite }
      + able.filter { endpoints[$0].name != favourite } + exhausted
  }

  private func byStrategy(_ level: ArraySlice<Int>, takesTurn: Bool) -> [Int] {
    switch options.strategy {
    case .priority: return Array(level)
    case .roundRobin: return rotation.ordered(level, of: endpoints, takesTurn: takesTurn) { _ in 1 }
    case .weighted: return rotation.ordered(level, of: endpoints, takesTurn: takesTurn, weight: \.weight)
    case .leastLatency:
      // Unknown ones first: how else would they become known.
      let times = level.map { (place: $0, time: health.timeToFirstToken(endpoints[$0].name) ?? .zero) }
      return times.sorted { $0.time < $1.time }.map(\.place)
    }
  }
}
