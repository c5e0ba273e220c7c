import HTTPTypes
import NIOHTTP1
import Pipeline

/// A request's head as NIO parsed it, checked for what must not reach the flow.
///
/// NIO's parser refuses broken framing (both length fields, bad chunks, folded lines). What is left to refuse
/// here is well-formed but not for us: other hosts' forms of the target, tunnels, upgrades, missing hosts.
struct RequestHead {
  struct Refusal: Error {
    var status: Int
    var message: String
  }

  private static let longestTarget = 16 * 1024

  var method: HTTPRequest.Method
  var path: String
  var query: String?
  var fields: HTTPFields
  var keepsAlive: Bool
  var isGzipped = false
  var expectsContinue = false
  var declaredLength: Int?

  init(_ head: HTTPRequestHead) throws(Refusal) {
    guard let method = HTTPRequest.Method(rawValue: head.method.rawValue),
      [.get, .head, .post, .put, .patch, .delete, .options].contains(method)
    else { throw Refusal(status: 405, message: "The method \(head.method.rawValue) is not served here.") }
    guard head.uri.hasPrefix("/") else {
      throw Refusal(status: 400, message: "The request target must be a path.")
    }
    guard head.uri.utf8.count <= Self.longestTarget else {
      throw Refusal(status: 414, message: "The request target is longer than \(Self.longestTarget) bytes.")
    }
    guard head.headers["upgrade"].isEmpty else {
      throw Refusal(status: 400, message: "Upgrades are not served here.")
    }
    guard head.version.major == 1, head.version.minor == 0 || head.headers["host"].count == 1 else {
      throw Refusal(status: 400, message: "A request needs exactly one Host field.")
    }
    self.method = method
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    query = parts.count > 1 ? String(parts[1]) : nil
    keepsAlive = head.isKeepAlive
    fields = HTTPFields()
    for (name, value) in head.headers {
      guard let name = HTTPField.Name(name) else { continue }
      fields.append(HTTPField(name: name, value: value))
    }
    try readFraming()
  }

  private mutating func readFraming() throws(Refusal) {
    declaredLength = fields[.contentLength].flatMap { Int($0) }
    if let expectation = fields[.expect] {
      guard expectation.lowercased() == "100-continue" else {
        throw Refusal(status: 417, message: "The expectation is not known.")
      }
      expectsContinue = true
    }
    switch fields[.contentEncoding]?.lowercased() {
    case nil, "", "identity": break
    case "gzip", "x-gzip": isGzipped = true
    case .some(let other):
      throw Refusal(status: 415, message: "Bodies may be sent plain or with gzip, not with \(other).")
    }
  }
}
