package import Pipeline

/// Carries requests to endpoints with libcurl: pooled connections, HTTP/2 where TLS offers it, forward proxies.
///
/// All of libcurl runs on one thread (`CurlLoop`); answers cross to their task through the `AnswerStream`.
package final class CurlTransport: UpstreamTransport {
  private let loop: CurlLoop

  /// - Parameter caFile: certificates to trust instead of the system's; nil reads `SSL_CERT_FILE`.
  package init(caFile: String? = nil) throws(ProxyFailure) {
    loop = try CurlLoop(caFile: caFile ?? CurlLoop.environmentCAFile)
    loop.start()
  }

  deinit { loop.stop() }

  package func start(_ request: UpstreamRequest, time: any TimeSource) -> AnswerStream {
    // The stream's callbacks need the transfer and the transfer needs the stream: the slot ties the knot.
    let slot = TransferSlot()
    let stream = AnswerStream(time: time) { [loop] in
      loop.post(.resume(slot))
    } onCancel: { [loop] in
      loop.post(.cancel(slot))
    }
    loop.post(.start(request, stream, slot))
    return stream
  }

  /// Aborts every transfer; returns when libcurl's thread has ended.
  package func close() { loop.stop() }
}
