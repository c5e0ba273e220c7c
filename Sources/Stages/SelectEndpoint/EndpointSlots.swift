package import Pipeline
import Synchronization

/// How many requests each endpoint serves at once (`endpoints[].max_concurrent`). Outlives a reload.
package final class EndpointSlots: Sendable {
  private let slots = Mutex<[String: Slots]>([:])

  package init() {}

  /// Nil for an endpoint without a limit.
  package func slots(of endpoint: Endpoint, _ line: Slots.Limits) -> Slots? {
    guard let limit = endpoint.maxConcurrent else { return nil }
    var limits = line
    limits.concurrent = limit
    return slots.withLock { all in
      if let known = all[endpoint.name] {
        return known
      }
      let new = Slots(limits)
      all[endpoint.name] = new
      return new
    }
  }

  /// Takes over the limits of a new configuration; those who are inside stay.
  package func reconfigure(_ endpoints: [Endpoint], _ line: Slots.Limits) {
    slots.withLock { all in
      for endpoint in endpoints {
        var limits = line
        limits.concurrent = endpoint.maxConcurrent
        all[endpoint.name]?.reconfigure(limits)
      }
    }
  }
}
