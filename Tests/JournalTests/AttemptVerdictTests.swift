import Journal
import Pipeline
import Testing

@Suite struct AttemptVerdictTests {
  @Test func `judges every kind of failure`() {
    /// What is not named here failed by the endpoint's fault.
    let others: [ProxyFailure.Code: AttemptVerdict] = [
      .truncated: .truncated, .connectionLost: .truncated, .firstByteTimeout: .stalled,
      .idleTimeout: .stalled,
      .progressTimeout: .stalled, .totalTimeout: .stalled, .clientGone: .none, .clientTimeout: .none,
      .badRequest: .none, .bodyTooLarge: .none, .unauthorized: .none, .noEndpoint: .none, .moved: .none,
      .shuttingDown: .none, .internalFault: .none,
    ]
    for code in ProxyFailure.Code.allCases {
      let verdict = AttemptVerdict(code: code.rawValue, status: 200, decision: "next endpoint")
      #expect(verdict == others[code] ?? .failed, "\(code)")
      #expect(AttemptVerdict(code: code.rawValue, status: 200, decision: "cancelled") == .none)
    }
    #expect(AttemptVerdict(code: nil, status: 200, decision: "served") == .good)
    #expect(AttemptVerdict(code: "connection_lost", status: nil, decision: "") == .failed)
  }

  @Test(arguments: [401, 402, 403, 404, 408, 409, 429, 500, 529, 204, 301])
  func `these statuses are the endpoint's fault`(status: Int) {
    #expect(AttemptVerdict(code: "upstream_status", status: status, decision: "").isFault)
  }

  @Test(arguments: [400, 405, 413, 422])
  func `these are the request's`(status: Int) {
    #expect(AttemptVerdict(code: "upstream_status", status: status, decision: "") == .none)
  }
}
