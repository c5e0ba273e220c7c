import HTTPTypes
import Journal
import Pipeline
import Settings
import Stages

/// The endpoints: looked at, changed, ordered.
struct EndpointRoutes: RouteGroup {
  let backend: any AdminBackend
  let reliability: ReliabilityReader
  let changes: ConfigurationChanges

  var title: String { "endpoints" }

  var routes: [Route] { [list, show, add, replace, remove, copy, toggle, reset, order] }

  private static let path = SettingPath("endpoints")

  struct List: JSONObject {
    var endpoints: [EndpointView]
    var revision: String

    static let schemaName = "Endpoints"
    static let members: [Member<List>] = [
      Member("endpoints", "In the order they are asked") { $0.endpoints },
      Member("revision", "Of the configuration file") { $0.revision },
    ]
  }

  private var list: Route {
    Route(.get, "/endpoints", Operation("All endpoints", answer: .json(List.schema))) { _ in
      .json(try all(changes.read()))
    }
  }

  private var show: Route {
    Route(.get, "/endpoints/{name}", Operation("One endpoint", answer: .json(EndpointView.schema))) {
      request in
      .json(try view(request.path("name"), changes.read()))
    }
  }

  private var add: Route {
    Route(
      .post, "/endpoints",
      Operation(
        "Adds an endpoint", body: Schema.config, answer: .json(EndpointView.schema, status: 201),
        errors: [.conflict])
    ) { request in
      let config = SettingValue(request.body["config"] ?? .null)
      let change = try changes.apply([.insert(Self.path, config, at: nil)])
      return .json(try view(config.map?["name"]?.text ?? "", change.version), status: 201)
    }
  }

  private var replace: Route {
    Route(
      .put, "/endpoints/{name}",
      Operation(
        "Changes an endpoint: the keys it is to have, secrets that are left out stay", body: Schema.config,
        answer: .json(EndpointView.schema), errors: [.conflict])
    ) { request in
      let name = try known(request)
      let config = SettingValue(request.body["config"] ?? .null)
      let change = try changes.apply([.replace(.endpoint(name), config)])
      return .json(try view(config.map?["name"]?.text ?? name, change.version))
    }
  }

  private var remove: Route {
    Route(.delete, "/endpoints/{name}", Operation("Removes an endpoint", answer: .empty)) { request in
      try changes.apply([.remove(.endpoint(known(request)))])
      return .empty
    }
  }

  private var copy: Route {
    Route(
      .post, "/endpoints/{name}/copy",
      Operation(
        "Copies an endpoint, secrets included",
        body: .object([Schema.Property("name", .text(length: 1...200))]),
        answer: .json(EndpointView.schema, status: 201), errors: [.conflict])
    ) { request in
      let copy = request.body["name"]?.text ?? ""
      let change = try changes.apply([.copy(.endpoint(known(request)), as: copy)])
      return .json(try view(copy, change.version), status: 201)
    }
  }

  private var toggle: Route {
    Route(
      .post, "/endpoints/{name}/toggle",
      Operation("Switches an endpoint on or off", body: Schema.switched, answer: .json(EndpointView.schema))
    ) { request in
      let name = try known(request)
      let isEnabled = request.body["enabled"]?.bool ?? true
      let change = try changes.apply([.replace(SettingPath.endpoint(name).key("enabled"), .bool(isEnabled))])
      return .json(try view(name, change.version))
    }
  }

  private var reset: Route {
    Route(
      .post, "/endpoints/{name}/reset",
      Operation("Forgets why an endpoint rests: it is asked again", answer: .json(EndpointView.schema))
    ) { request in
      let name = try known(request)
      backend.health.reset(name)
      return .json(try view(name, changes.read()))
    }
  }

  private var order: Route {
    Route(
      .put, "/endpoints/order",
      Operation(
        "Orders the endpoints: their priorities become 1, 2, 3, …", body: Schema.names,
        answer: .json(List.schema))
    ) { request in
      .json(try all(changes.apply([.prioritise(Self.path, request.names)]).version))
    }
  }

  private func known(_ request: AdminRequest) throws(AdminError) -> String {
    try backend.settings.endpoint(named: request.path("name")).name
  }

  private func all(_ version: SettingsFileEditor.Version) -> List {
    let sorted = backend.settings.endpoints.sorted { $0.priority < $1.priority }
    return List(endpoints: sorted.map { view(of: $0, version) }, revision: version.revision)
  }

  private func view(_ name: String, _ version: SettingsFileEditor.Version) throws(AdminError) -> EndpointView
  {
    view(of: try backend.settings.endpoint(named: name), version)
  }

  private func view(of endpoint: Endpoint, _ version: SettingsFileEditor.Version) -> EndpointView {
    EndpointView(
      endpoint, version.editor, backend, reliability.all()[endpoint.name] ?? EndpointReliability())
  }
}

extension Settings {
  func endpoint(named name: String) throws(AdminError) -> Endpoint {
    guard let endpoint = endpoints.first(where: { $0.name == name }) else {
      throw AdminError(.notFound, "There is no endpoint \(name.jsonQuoted).")
    }
    return endpoint
  }
}

extension Schema {
  static let config = Schema.object([Schema.Property("config", .anyObject)])
  static let switched = Schema.object([Schema.Property("enabled", .bool)])
  static let names = Schema.object([Schema.Property("names", .array(of: .text))])
}

extension AdminRequest {
  var names: [String] { (body["names"]?.array ?? []).compactMap(\.text) }
}
