package import Pipeline
import Settings
import Stages
import Synchronization

/// Asks endpoints whose time on the bench is over whether they answer again, when no request does.
///
/// A real request is the better probe: it gets the first place at such an endpoint. Only who was given none for
/// `timeouts.check_interval` is asked a tiny question, shaped like the last message that was asked for.
/// `timeouts.recovery_threshold` answers in a row bring it back.
package struct HealthProber: Sendable {
  private let gateway: Gateway

  package init(_ gateway: Gateway) { self.gateway = gateway }

  /// Runs until the gate opens.
  package func run(until stopping: Gate) async {
    while !stopping.isOpen {
      let interval = gateway.generation.settings.healthCheck.interval
      await gateway.time.sleep(until: gateway.time.now + interval, or: stopping)
      if !stopping.isOpen { await probeAll() }
    }
  }

  /// Asks every endpoint that is due once.
  package func probeAll() async {
    guard let last = gateway.lastMessage else { return }
    for endpoint in gateway.generation.settings.endpoints
    where endpoint.isEnabled && gateway.health.status(of: endpoint.name) == .returning {
      guard gateway.health.claim(endpoint.name) == .available else { continue }
      await gateway.trial(.probe(like: last.request, model: last.model, endpoint: endpoint.name))
    }
  }
}
