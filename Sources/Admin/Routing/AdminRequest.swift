import Foundation
package import Pipeline

/// A request to a route of the admin API, checked against its operation.
package struct AdminRequest: Sendable {
  package let client: ClientRequest
  /// The parts of the path in braces, percent-decoded.
  private let path: [String: String]
  private let query: [String: JSON]
  /// As the operation's schema has it; null when the operation has no body.
  package let body: JSON
  /// Proves a login; nil without one.
  let session: String?

  init(
    client: ClientRequest, path: [String: String] = [:], query: [String: JSON] = [:], body: JSON = .null,
    session: String? = nil
  ) {
    self.client = client
    self.path = path
    self.query = query
    self.body = body
    self.session = session
  }

  /// A part of the path by the name the pattern gives it.
  package func path(_ name: String) -> String {
    guard let value = path[name] else { preconditionFailure("the pattern has no {\(name)}") }
    return value
  }

  /// A query parameter that the operation names; nil when the client left it out.
  package func query(_ name: String) -> JSON? { query[name] }

  /// The body as a type of its own. What the schema cannot say may still be wrong: that is 422.
  package func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(client.body))
    } catch let error as DecodingError {
      throw AdminError.invalid([Problem(error)])
    }
  }
}

extension Problem {
  fileprivate init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context):
      self.init(path: Self.path(context.codingPath + [key]), message: "is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      self.init(path: Self.path(context.codingPath), message: context.debugDescription)
    @unknown default: self.init(path: "", message: "cannot be read")
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }
}
