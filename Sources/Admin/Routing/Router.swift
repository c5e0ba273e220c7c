import HTTPTypes
import Pipeline

/// Finds the route of a request, and checks parameters and body against its operation.
struct Router: Sendable {
  /// Bytes of a request's body; nothing this API takes is larger.
  static let bodyLimit = 4 << 20

  let groups: [any RouteGroup]
  private let routes: [Route]

  init(_ groups: [any RouteGroup]) {
    self.groups = groups
    routes = groups.flatMap(\.routes)
  }

  struct Match {
    let route: Route
    let path: [String: String]
  }

  /// - Parameter path: below `/admin/api`.
  func match(_ method: HTTPRequest.Method, _ path: Substring) throws(AdminError) -> Match {
    let matches = routes.compactMap { route in
      route.pattern.match(path).map { Match(route: route, path: $0) }
    }
    guard let most = matches.map(\.route.pattern.literalCount).max() else {
      throw AdminError(
        .notFound, "There is no \(path) here. GET /admin/api/openapi.json tells what there is.")
    }
    let here = matches.filter { $0.route.pattern.literalCount == most }
    let wanted: HTTPRequest.Method = method == .head ? .get : method
    if let match = here.first(where: { $0.route.method == wanted }) { return match }
    var error = AdminError(.methodNotAllowed, "\(path) cannot be asked for with \(method.rawValue).")
    error.fields[.allow] = Self.allowed(here)
    throw error
  }

  /// The value of `Allow` for a path; nil when there is no such path.
  func allowed(_ path: Substring) -> String? {
    let here = routes.compactMap { route in
      route.pattern.match(path).map { Match(route: route, path: $0) }
    }
    return here.isEmpty ? nil : Self.allowed(here)
  }

  private static func allowed(_ matches: [Match]) -> String {
    var methods = Set(matches.map(\.route.method.rawValue))
    if methods.contains("GET") { methods.insert("HEAD") }
    return (methods.sorted() + ["OPTIONS"]).joined(separator: ", ")
  }

  /// The request as the handler gets it.
  func checked(_ match: Match, _ request: ClientRequest, session: String?) throws(AdminError) -> AdminRequest
  {
    AdminRequest(
      client: request, path: match.path, query: try Self.query(match.route.operation, request.query),
      body: try Self.body(match.route.operation, request), session: session)
  }

  private static func query(
    _ operation: Operation, _ query: String?
  ) throws(AdminError) -> [String: JSON] {
    var values: [String: JSON] = [:]
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = percentDecoded(parts[0], plusIsSpace: true),
        let text = percentDecoded(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
      else { throw AdminError(.badRequest, "The query's percent escapes are broken.") }
      guard let parameter = operation.query.first(where: { $0.name == name }) else {
        throw AdminError(.badRequest, "The parameter \(name.jsonQuoted) is not known here.")
      }
      guard values[name] == nil else {
        throw AdminError(.badRequest, "The parameter \(name) is there twice.")
      }
      let value = parameter.schema.value(ofParameter: text)
      if let problem = parameter.schema.problems(in: value, at: name).first {
        throw AdminError(.badRequest, "\(problem.path): \(problem.message)")
      }
      values[name] = value
    }
    for parameter in operation.query where parameter.isRequired && values[parameter.name] == nil {
      throw AdminError(.badRequest, "The parameter \(parameter.name) is missing.")
    }
    return values
  }

  private static func body(_ operation: Operation, _ request: ClientRequest) throws(AdminError) -> JSON {
    guard request.body.count <= bodyLimit else {
      throw AdminError(.tooLarge, "The body is larger than \(bodyLimit) bytes.")
    }
    guard let schema = operation.body else {
      guard request.body.isEmpty else { throw AdminError(.badRequest, "No body is expected here.") }
      return .null
    }
    guard isJSON(request.fields[.contentType]) else {
      throw AdminError(
        .unsupportedMedia, "The body must be application/json, and its content-type must say so.")
    }
    let body: JSON
    do throws(JSONProblem) {
      body = try JSON(request.body)
    } catch {
      throw AdminError(.badRequest, "The body is no JSON: \(error.message), at byte \(error.offset).")
    }
    let problems = schema.problems(in: body)
    guard problems.isEmpty else { throw .invalid(problems) }
    return body
  }

  private static func isJSON(_ type: String?) -> Bool {
    let media = type?.prefix { $0 != ";" } ?? ""
    return media.split(separator: " ").joined().lowercased() == "application/json"
  }
}

extension Schema {
  /// A parameter's text as the kind of value that is wanted; as text when it is not of that kind.
  func value(ofParameter text: String) -> JSON {
    switch kind {
    case .integer: Int(text).map(JSON.integer) ?? .text(text)
    case .number: Double(text).map(JSON.number) ?? .text(text)
    case .bool: text == "true" ? true : text == "false" ? false : .text(text)
    case .any, .text, .array, .map, .object, .oneOf: .text(text)
    }
  }
}
