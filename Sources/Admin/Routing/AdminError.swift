package import HTTPTypes

/// A refusal in the words of the admin API.
package struct AdminError: Error, Sendable {
  package enum Code: String, Sendable, CaseIterable {
    case badRequest = "bad_request"
    case unauthenticated, forbidden
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case conflict
    case tooLarge = "too_large"
    case unsupportedMedia = "unsupported_media"
    case invalid
    case tooManyAttempts = "too_many_attempts"
    case `internal`
    case unavailable

    package var status: Int {
      switch self {
      case .badRequest: 400
      case .unauthenticated: 401
      case .forbidden: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .conflict: 409
      case .tooLarge: 413
      case .unsupportedMedia: 415
      case .invalid: 422
      case .tooManyAttempts: 429
      case .internal: 500
      case .unavailable: 503
      }
    }
  }

  package var code: Code
  /// One or two sentences for people.
  package var message: String
  /// With `invalid`: each place that is wrong.
  package var problems: [Problem]
  /// Such as `allow` and `retry-after`.
  package var fields: HTTPFields = [:]

  package init(_ code: Code, _ message: String, problems: [Problem] = []) {
    self.code = code
    self.message = message
    self.problems = problems
  }

  /// The value does not fit.
  package static func invalid(_ problems: [Problem]) -> AdminError {
    let first = problems.first.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
    return AdminError(.invalid, first ?? "The values cannot be used.", problems: problems)
  }

  package var reply: AdminReply {
    var members: [JSON.Member] = [
      JSON.Member("code", .text(code.rawValue)), JSON.Member("message", .text(message)),
    ]
    if code == .invalid { members.append(JSON.Member("problems", problems.json)) }
    var reply = AdminReply.json(JSON.object([JSON.Member("error", .object(members))]), status: code.status)
    for field in fields { reply.fields.append(field) }
    return reply
  }

  static func schema(_ code: Code) -> Schema {
    var properties = [
      Schema.Property("code", .text(oneOf: [code.rawValue])), Schema.Property("message", .text),
    ]
    if code == .invalid { properties.append(Schema.Property("problems", [Problem].schema)) }
    return .object([Schema.Property("error", .object(properties))])
  }
}

/// One place of a request, or of the configuration it would make, that is wrong.
package struct Problem: JSONObject, Equatable {
  /// Like `endpoints[1].url`; "" for the whole.
  package var path: String
  /// In the configuration file.
  package var line: Int?
  package var message: String
  package var suggestion: String?

  package init(path: String, line: Int? = nil, message: String, suggestion: String? = nil) {
    self.path = path
    self.line = line
    self.message = message
    self.suggestion = suggestion
  }

  package static let schemaName = "Problem"
  package static let members: [Member<Problem>] = [
    Member("path") { $0.path }, Member("line") { $0.line }, Member("message") { $0.message },
    Member("suggestion") { $0.suggestion },
  ]
}
