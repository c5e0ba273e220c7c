package import Pipeline

/// Sends a request to its endpoint and waits for the head of the answer.
///
/// Cancelling the exchange aborts the transfer. The body is read from the answer's stream afterwards; who stops
/// reading early must cancel it.
package struct CallUpstream: Step {
  package static let name: StageName = "call-upstream"

  private let transport: any UpstreamTransport

  package init(over transport: any UpstreamTransport) { self.transport = transport }

  package func run(
    _ call: UpstreamCall, in exchange: Exchange
  ) async throws(ProxyFailure) -> UpstreamAnswer {
    let time = exchange.time
    let deadline = time.now + call.request.timeouts.connect + call.request.timeouts.firstByte
    let stream = transport.start(call.request, time: time)
    exchange.adopt(stream)
    call.whenStarted?(stream)
    do throws(ProxyFailure) {
      while true {
        stream.setAlarm(min(deadline, try await call.whileWaiting()))
        if let head = try await stream.head() { return UpstreamAnswer(head: head, stream: stream) }
        if time.now >= deadline {
          throw ProxyFailure(
            .firstByteTimeout, origin: .upstream, stage: Self.name,
            detail: "No answer within \(call.request.timeouts.firstByte).")
        }
      }
    } catch {
      stream.cancel()
      throw error
    }
  }
}
