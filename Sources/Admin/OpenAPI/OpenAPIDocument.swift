import HTTPTypes

/// The description of the API in OpenAPI 3.1, made from the routes themselves.
struct OpenAPIDocument {
  let router: Router
  let version: String

  var json: JSON {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "Claude Code Companion, admin API", "version": .text(version),
        "description":
          "Everything the pages at /admin/ can do. Orders (anything but GET) need x-csrf-token as GET /session tells it.",
        "license": ["name": "MIT", "identifier": "MIT"],
      ],
      "servers": [["url": "/admin/api"]],
      "tags": .array(titles.map { ["name": .text($0)] }),
      "paths": paths,
      "components": ["schemas": schemas],
    ]
  }

  /// Each once: what belongs together may be more than one group of routes.
  private var titles: [String] {
    router.groups.map(\.title).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private var paths: JSON {
    var order: [String] = []
    var operations: [String: [JSON.Member]] = [:]
    for group in router.groups {
      for route in group.routes {
        let path = route.pattern.text
        if operations[path] == nil { order.append(path) }
        operations[path, default: []].append(
          JSON.Member(route.method.rawValue.lowercased(), operation(route, group.title)))
      }
    }
    return .object(order.map { JSON.Member($0, .object(operations[$0] ?? [])) })
  }

  private func operation(_ route: Route, _ title: String) -> JSON {
    var members: [JSON.Member] = [
      JSON.Member("operationId", .text(Self.id(route))), JSON.Member("tags", [.text(title)]),
      JSON.Member("summary", .text(route.operation.summary)),
    ]
    let parameters = Self.parameters(route)
    if !parameters.isEmpty { members.append(JSON.Member("parameters", .array(parameters))) }
    if let body = route.operation.body {
      members.append(
        JSON.Member(
          "requestBody",
          ["required": true, "content": ["application/json": ["schema": body.described]]]))
    }
    members.append(JSON.Member("responses", Self.responses(route)))
    return .object(members)
  }

  /// Like `post_endpoints_name_toggle`.
  private static func id(_ route: Route) -> String {
    let words = route.pattern.text.split { !$0.isLetter && !$0.isNumber }
    return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
  }

  private static func parameters(_ route: Route) -> [JSON] {
    var parameters: [JSON] = route.pattern.names.map { name in
      ["name": .text(name), "in": "path", "required": true, "schema": ["type": "string", "minLength": 1]]
    }
    parameters += route.operation.query.map { parameter in
      [
        "name": .text(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
        "schema": parameter.schema.described,
      ]
    }
    if route.needsToken {
      parameters.append([
        "name": "x-csrf-token", "in": "header", "required": true, "schema": ["type": "string"],
        "description": "The csrf_token of GET /session.",
      ])
    }
    return parameters
  }

  private static func responses(_ route: Route) -> JSON {
    var codes: [AdminError.Code] = [.badRequest, .forbidden, .internal] + route.operation.errors
    if route.needsLogin { codes.append(.unauthenticated) }
    if !route.pattern.names.isEmpty { codes.append(.notFound) }
    if route.operation.body != nil { codes += [.tooLarge, .unsupportedMedia, .invalid] }
    let errors = Set(codes).sorted { $0.status < $1.status }.map { code in
      JSON.Member(
        String(code.status),
        [
          "description": .text(code.rawValue),
          "content": ["application/json": ["schema": AdminError.schema(code).described]],
        ])
    }
    return .object([success(route.operation.answer)] + errors)
  }

  private static func success(_ answer: Operation.Answer) -> JSON.Member {
    func content(_ type: String, _ schema: JSON) -> JSON {
      ["description": "Done", "content": .object([JSON.Member(type, ["schema": schema])])]
    }
    return switch answer {
    case .json(let schema, let status):
      JSON.Member(String(status), content("application/json", schema.described))
    case .empty: JSON.Member("204", ["description": "Done"])
    case .bytes(let type): JSON.Member("200", content(type, ["type": "string"]))
    case .events(let schema):
      JSON.Member(
        "200",
        content(
          "text/event-stream",
          ["type": "string", "description": "Each event's data:", "x-event-data": schema.described]))
    }
  }

  private var schemas: JSON {
    var all: [String: Schema] = Problem.schema.named
    for route in router.groups.flatMap(\.routes) {
      if let body = route.operation.body { all.merge(body.named) { first, _ in first } }
      switch route.operation.answer {
      case .json(let schema, _), .events(let schema): all.merge(schema.named) { first, _ in first }
      case .empty, .bytes: break
      }
    }
    return .object(all.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value.body) })
  }
}
