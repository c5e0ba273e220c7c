import CCurl
import Foundation
package import Pipeline
import Synchronization

/// Carries requests to endpoints with libcurl: pooled connections, HTTP/2 where TLS offers it, forward proxies.
///
/// All of libcurl runs on the reactor's thread (`CurlMulti`), where the tasks of the exchanges run too: a
/// request that one of them starts is on its way before the call returns.
package final class CurlTransport: UpstreamTransport {
  private let multi: ReactorBound<CurlMulti>
  private let reactor: Reactor

  /// - Parameter caFile: certificates to trust instead of the system's; nil reads `SSL_CERT_FILE`.
  package init(caFile: String? = nil, reactor: Reactor = .shared) throws(ProxyFailure) {
    guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = unsafe curl_multi_init() else {
      throw CurlFailure.setUp("it could not be initialised")
    }
    self.reactor = reactor
    self.multi = unsafe ReactorBound(
      CurlMulti(
        multi, caFile: caFile ?? ProcessInfo.processInfo.environment["SSL_CERT_FILE"], reactor: reactor),
      to: reactor)
  }

  deinit { close() }

  package func start(_ request: UpstreamRequest, time: any TimeSource) -> AnswerStream {
    // The stream's callbacks need the transfer and the transfer needs the stream: the slot ties the knot.
    let slot = TransferSlot()
    let stream = AnswerStream(time: time) { [self] in
      perform { $0.resume(slot) }
    } onCancel: { [self] in
      perform { $0.cancel(slot) }
    }
    perform { $0.start(request, stream, slot) }
    return stream
  }

  /// Aborts every transfer and closes every connection, soon.
  package func close() {
    let multi = self.multi
    reactor.execute { multi.value.close() }
  }

  private func perform(_ action: @escaping @Sendable (CurlMulti) -> Void) {
    if reactor.isCurrent { return action(multi.value) }
    let multi = self.multi
    reactor.execute { action(multi.value) }
  }
}

/// Names a transfer; what it holds is touched on the reactor's thread only.
final class TransferSlot: Sendable {
  /// 0: not started.
  let id = Atomic<Int>(0)
}
