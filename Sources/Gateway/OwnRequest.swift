package import HTTPTypes
package import Pipeline
import Synchronization

/// Takes an answer in whole: the client's side of a request that the proxy makes itself.
package final class CollectedAnswer: ClientWriter {
  private struct State {
    var status: Int?
    var fields = HTTPFields()
    var body: [UInt8] = []
    var isWhole = false
  }

  private let state = Mutex(State())

  package init() {}

  package var status: Int? { state.withLock { $0.status } }
  package var body: Bytes { state.withLock { Bytes($0.body) } }
  /// It ended properly.
  package var isWhole: Bool { state.withLock { $0.isWhole } }

  package func send(status: Int, fields: HTTPFields) async throws(ProxyFailure) {
    state.withLock { ($0.status, $0.fields) = (status, fields) }
  }

  package func send(_ bytes: [Bytes]) async throws(ProxyFailure) {
    state.withLock { state in
      for piece in bytes { state.body += piece }
    }
  }

  package func finish() async throws(ProxyFailure) { state.withLock { $0.isWhole = true } }
  package func abort() {}
}

/// Keeps the attempts of one exchange.
final class AttemptTaker: Sendable {
  private let attempts = Mutex<[AttemptRecord]>([])

  var all: [AttemptRecord] { attempts.withLock { $0 } }

  func take(_ attempt: AttemptRecord) { attempts.withLock { $0.append(attempt) } }
}

extension ClientRequest {
  /// A tiny message to one endpoint, with the fields and the model of a request it was really asked: what it takes
  /// to know whether it answers (the predecessor's way).
  static func probe(like last: ClientRequest, model: String, endpoint: String) -> ClientRequest {
    var request = last
    request.query = nil
    request.path = "/v1/messages"
    request.body = Bytes(
      utf8: """
        {"model":\(model.jsonQuoted),"max_tokens":1,"messages":[{"role":"user","content":"ping"}]}
        """)
    request.peer = "probe"
    request.destination = endpoint
    return request
  }
}
