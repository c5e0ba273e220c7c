import HTTPTypes
import NIOHTTP1
import Pipeline

/// A request's head as NIO parsed it, checked for what must not reach the flow.
///
/// NIO's parser refuses broken syntax (repeated lengths, bad chunks, folded lines). What is refused here is
/// well-formed but ambiguous or not for us: other codings, tunnels, upgrades, missing or repeated hosts.
struct RequestHead {
  private static let longestTarget = 16 * 1024
  private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

  var method: HTTPRequest.Method
  var path: String
  var query: String?
  var fields = HTTPFields()
  /// HTTP/1.0 knows neither chunks nor `Expect`, and its connections are not reused.
  var isHTTP10: Bool
  var keepsAlive: Bool
  var isGzipped = false
  var expectsContinue = false
  var declaredLength: Int?

  init(_ head: HTTPRequestHead) throws(Refusal) {
    guard let method = HTTPRequest.Method(rawValue: head.method.rawValue), Self.methods.contains(method)
    else {
      throw .method
    }
    guard head.uri.utf8.count <= Self.longestTarget else {
      throw Refusal(414, "The request target is longer than \(Self.longestTarget) bytes.")
    }
    guard head.uri.hasPrefix("/") else { throw Refusal(400, "The request target must be a path.") }
    self.method = method
    let mark = head.uri.utf8.firstIndex(of: UInt8(ascii: "?"))
    path = String(head.uri[..<(mark ?? head.uri.endIndex)])
    query = mark.map { String(head.uri[head.uri.utf8.index(after: $0)...]) }
    isHTTP10 = head.version == .http1_0
    keepsAlive = head.isKeepAlive && !isHTTP10
    for (name, value) in head.headers {
      let value = Self.trimmed(value)
      // `HTTPField` would mend bad values: what was sent and what is passed on must not differ.
      guard let name = HTTPField.Name(name), HTTPField.isValidValue(value) else {
        throw Refusal(400, "A header field has characters that are not allowed.")
      }
      fields.append(HTTPField(name: name, value: value))
    }
    try checkConnection(hosts: head.headers["host"].count)
    try readFraming()
  }

  /// Without the white space around it, which is not part of a value.
  private static func trimmed(_ value: String) -> String {
    func isSpace(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    guard isSpace(value.utf8.first) || isSpace(value.utf8.last) else { return value }
    var value = value.utf8.drop(while: isSpace)
    while isSpace(value.last) { value.removeLast() }
    return String(Substring(value))
  }

  private func checkConnection(hosts: Int) throws(Refusal) {
    guard hosts == 1 || hosts == 0 && isHTTP10 else {
      throw Refusal(400, "A request needs exactly one Host field.")
    }
    guard fields[.upgrade] == nil else { throw Refusal(400, "Upgrades are not served here.") }
  }

  private mutating func readFraming() throws(Refusal) {
    if let coding = fields[.transferEncoding] {
      guard coding.lowercased() == "chunked", fields[.contentLength] == nil, !isHTTP10 else {
        throw Refusal(400, "The body's length is ambiguous.")
      }
    }
    if let length = fields[.contentLength] {
      guard let length = Int(length) else { throw Refusal(400, "Content-Length is not a number.") }
      declaredLength = length
    }
    if let expectation = fields[.expect], !isHTTP10 {
      guard expectation.lowercased() == "100-continue" else {
        throw Refusal(417, "The only expectation known here is 100-continue.")
      }
      expectsContinue = true
    }
    switch fields[.contentEncoding]?.lowercased() {
    case nil, "identity": break
    case "gzip", "x-gzip": isGzipped = true
    case .some(let coding):
      throw Refusal(415, "Bodies may be sent plain or with gzip, not with \(coding).")
    }
  }
}
