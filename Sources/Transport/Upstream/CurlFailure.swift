import CCurl
import Pipeline

/// The one place where libcurl's codes become failures of ours.
enum CurlFailure {
  /// - Parameters:
  ///   - text: libcurl's own words; may be empty.
  ///   - host: named to the user; never the whole URL.
  ///   - hasHead: the answer had begun.
  static func make(_ code: CURLcode, text: String, host: String, hasHead: Bool) -> ProxyFailure {
    let words = text.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : text
    return ProxyFailure(
      failureCode(code, hasHead: hasHead, text: words), origin: .upstream, stage: CallUpstream.name,
      retry: .sameEndpoint, rule: isCut(code) && hasHead ? "V38" : nil, detail: "\(host): \(words)")
  }

  static func setUp(_ detail: String) -> ProxyFailure {
    ProxyFailure(
      .internalFault, origin: .proxy, stage: CallUpstream.name, retry: .never, httpStatus: 500,
      detail: "libcurl: \(detail).")
  }

  private static func failureCode(_ code: CURLcode, hasHead: Bool, text: String) -> ProxyFailure.Code {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolveFailed
    case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED: .connectFailed
    // There is no other time limit of libcurl's own.
    case CURLE_OPERATION_TIMEDOUT: .connectTimeout
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_USE_SSL_FAILED:
      .tlsFailed
    case CURLE_BAD_CONTENT_ENCODING: .undecodableBody
    // A closed connection within a body of known length, or before the last chunk.
    case CURLE_PARTIAL_FILE, CURLE_HTTP2_STREAM, CURLE_HTTP2: hasHead ? .truncated : .connectionLost
    case CURLE_RECV_ERROR where hasHead && text.contains("chunk"): .truncated
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_WEIRD_SERVER_REPLY,
      CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
      .connectionLost
    default: .connectionLost
    }
  }

  private static func isCut(_ code: CURLcode) -> Bool {
    code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_HTTP2_STREAM
  }
}
