import HTTPTypes
import Pipeline
import Settings
import Stages

/// Endpoints tried out: a real tiny request, and what a model would be called there.
struct EndpointTrialRoutes: RouteGroup {
  let backend: any AdminBackend

  var title: String { "endpoints" }

  var routes: [Route] { [test, rewrite, providers] }

  /// Asked for when nobody has asked for any model yet.
  private static let usualModel = "claude-sonnet-4-5"

  private var test: Route {
    Route(
      .post, "/endpoints/{name}/test",
      Operation(
        "Asks an endpoint a tiny question, through the whole flow",
        body: .object([
          Schema.Property("model", .text(length: 1...200).orNull, isRequired: false),
          Schema.Property("stream", .bool, isRequired: false),
        ]), answer: .json(TrialReport.schema))
    ) { request in
      let endpoint = try backend.settings.endpoint(named: request.path("name"))
      let model = request.body["model"]?.text ?? backend.lastModel ?? Self.usualModel
      let question = ClientRequest(
        method: .post, path: "/v1/messages",
        fields: [.contentType: "application/json", .userAgent: "claude-code-companion"],
        body: Bytes(
          utf8: """
            {"model":\(model.jsonQuoted),"max_tokens":32,"stream":\(request.body["stream"]?.bool ?? true),\
            "messages":[{"role":"user","content":"Say OK."}]}
            """), peer: "test by \(request.client.peer)")
      return .json(TrialReport(await backend.ask(question, at: endpoint.name)))
    }
  }

  private struct Rewrite: JSONObject {
    var model: String
    var target: String
    var rule: String?

    static let schemaName = "ModelRewrite"
    static let members: [Member<Rewrite>] = [
      Member("model") { $0.model }, Member("target", "What the endpoint is asked for") { $0.target },
      Member("rule", "The source_pattern that matched") { $0.rule },
      Member("changed") { $0.model != $0.target },
    ]
  }

  private var rewrite: Route {
    Route(
      .post, "/endpoints/{name}/model-rewrite-test",
      Operation(
        "What an endpoint would call a model",
        body: .object([Schema.Property("model", .text(length: 1...200))]),
        answer: .json(Rewrite.schema))
    ) { request in
      let endpoint = try backend.settings.endpoint(named: request.path("name"))
      let model = request.body["model"]?.text ?? ""
      return .json(
        Rewrite(
          model: model, target: endpoint.rewritten(model) ?? model,
          rule: endpoint.rewriteRule(for: model)?.sourcePattern))
    }
  }

  private struct ProviderView: JSONObject {
    var provider: Provider

    static let schemaName = "Provider"
    static let members: [Member<ProviderView>] = [
      Member("name") { $0.provider.name }, Member("title") { $0.provider.title },
      Member("type", oneOf: Provider.Kind.allCases.map(\.rawValue)) { $0.provider.kind.rawValue },
      Member("url", "Null where it is different for everybody") { provider in
        provider.provider.baseURL.isEmpty ? nil : provider.provider.baseURL
      },
      Member("auth_type", oneOf: Provider.Authorization.allCases.map(\.rawValue)) {
        $0.provider.authorization.rawValue
      },
    ]
  }

  private struct ProviderList: JSONObject {
    var providers: [ProviderView]
    static let schemaName = "Providers"
    static let members: [Member<ProviderList>] = [Member("providers") { $0.providers }]
  }

  private var providers: Route {
    Route(
      .get, "/providers", Operation("The services and servers known here", answer: .json(ProviderList.schema))
    ) { _ in .json(ProviderList(providers: Providers.bundled.all.map(ProviderView.init))) }
  }
}
