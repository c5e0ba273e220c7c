import NIOHTTP1
import Pipeline

/// Why a request never reaches the flow. The connection ends with it: what follows cannot be trusted.
struct Refusal: Error, Equatable {
  var status: Int
  var message: String
  /// Sent as `Allow`.
  var allowedMethods: String?

  init(_ status: Int, _ message: String, allowedMethods: String? = nil) {
    self.status = status
    self.message = message
    self.allowedMethods = allowedMethods
  }

  /// What the parser's complaint means to the client.
  init(_ error: HTTPParserError, headerLimit: Int) {
    switch error {
    case .headerOverflow:
      self.init(431, "The header fields are larger than \(headerLimit) bytes, or too many.")
    case .invalidMethod: self = .method
    default: self.init(400, "This is not a valid HTTP/1.1 request (\(error)).")
    }
  }

  static let method = Refusal(
    405, "This method is not served here.", allowedMethods: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")

  static let plainHTTP = Refusal(
    400, "This port speaks HTTPS (server.tls). Use an address that begins with https://.")

  static let noMemory = Refusal(
    529, "The bodies of all requests together are larger than server.memory_limit. Try again soon.")

  static func bodyTooLarge(_ limit: Int) -> Refusal {
    Refusal(413, "The body is larger than \(limit) bytes (server.body_limit).")
  }
}
