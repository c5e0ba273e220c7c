import Pipeline
import Settings
import Stages
import Testing

/// Files written for the predecessor load unchanged, with the meaning they had.
@Suite struct PredecessorTests {
  private func full() throws -> Settings { try load(predecessorFile).settings }

  @Test func `a file with every key loads; only what does nothing any more is mentioned`() {
    #expect(
      diagnostics(predecessorFile) == [
        "config.yaml:41:3: endpoints[0].rate_limit_reset: accepted but ignored: the state of an endpoint is not"
          + " kept in this file",
        "config.yaml:42:3: endpoints[0].rate_limit_status: accepted but ignored: the state of an endpoint is not"
          + " kept in this file",
        "config.yaml:73:3: validation.strict_anthropic_format: accepted but ignored: every answer is always"
          + " validated while it streams",
        "config.yaml:74:3: validation.validate_streaming: accepted but ignored: every answer is always"
          + " validated while it streams",
        "config.yaml:75:3: validation.disconnect_on_invalid: accepted but ignored: every answer is always"
          + " validated while it streams",
      ])
  }

  @Test func `server and endpoints mean what they did`() throws {
    let settings = try full()
    #expect(settings.server.host == "127.0.0.1")
    #expect(settings.server.port == 8081)
    #expect(settings.server.authToken == Secret("your-proxy-secret-token"))
    #expect(settings.endpoints.map(\.name) == ["anthropic-primary", "compatible", "account", "other"])
    let first = settings.endpoints[0]
    #expect(first.url == "https://api.anthropic.com")
    #expect(first.dialect == .anthropic)
    #expect(first.credential == .apiKey(Secret("sk-ant-api03-x")))
    #expect(first.isEnabled && first.priority == 1 && first.enhancedProtection)
    #expect(first.tags == ["fast", "api-v1"])
    #expect(
      first.modelRewrite.rules == [.init(sourcePattern: "claude-*haiku*", targetModel: "claude-small")])
    #expect(first.modelRewrite.isEnabled && !first.modelRewrite.isImplicit)
    #expect(
      first.proxy
        == UpstreamProxy(kind: .socks5, address: "127.0.0.1:1080", username: "me", password: Secret("pw")))
    #expect(
      first.headerOverrides == [.init(name: "x-team", value: "blue"), .init(name: "x-drop", value: nil)])
    #expect(
      first.parameterOverrides == [
        .init(name: "temperature", value: "0.7"), .init(name: "stop", value: "[\"a\"]"),
        .init(name: "service_tier", value: "\"auto\""), .init(name: "top_k", value: nil),
      ])
  }

  @Test func `compatible and OAuth endpoints mean what they did`() throws {
    let settings = try full()
    let compatible = settings.endpoints[1]
    #expect(compatible.dialect == .openAI)
    #expect(compatible.url == "https://api.example.com")
    #expect(compatible.pathPrefix == "/v1/chat/completions")
    #expect(compatible.credential == .bearer(Secret("token")))
    #expect(!compatible.isEnabled && compatible.reorderSystemMessagesFirst)
    #expect(compatible.maxTokensFieldName == "max_completion_tokens")
    var tokens = Endpoint.OAuthTokens(accessToken: Secret("sk-ant-oat01-x"))
    tokens.refreshToken = Secret("sk-ant-ort01-x")
    tokens.expiresAt = 1_790_000_000_000
    tokens.tokenURL = "https://console.anthropic.com/v1/oauth/token"
    tokens.clientID = "id"
    tokens.scopes = ["user:inference"]
    #expect(settings.endpoints[2].credential == .oauth(tokens))
  }

  @Test func `an unknown auth_type sends its value as Authorization, and says so`() throws {
    let loaded = try load(
      "endpoints: [{name: a, url: \"https://a.test\", auth_type: basic, auth_value: Basic eA==}]")
    #expect(loaded.settings.endpoints.first?.credential == .authorization(Secret("Basic eA==")))
    #expect(
      loaded.notices.map(\.description) == [
        "config.yaml:1:46: endpoints[0].auth_type: not one of api_key, auth_token, oauth, none, forward_client:"
          + " auth_value is sent as Authorization as it stands"
      ])
  }

  @Test func `logging, validation, timeouts and the rest mean what they did`() throws {
    let settings = try full()
    #expect(settings.logging.level == .warn)
    #expect(settings.logging.requestTypes == .failed)
    #expect(settings.logging.requestBody == .truncated(limit: 1024))
    #expect(settings.logging.responseBody == .full)
    #expect(settings.logging.directory == "./journal")
    #expect(settings.validation.pythonJSONFixing.targetTools == ["TodoWrite", "Task"])
    #expect(settings.validation.pythonJSONFixing.maxAttempts == 2)
    #expect(!settings.webAdmin.isEnabled)
    #expect(settings.i18n.defaultLanguage == .english)
    #expect(settings.i18n.localesPath == "web/locales")
    let timeouts = try #require(settings.endpoints.first?.timeouts)
    #expect(timeouts.connect == .seconds(11))
    #expect(timeouts.firstByte == .seconds(61))
    #expect(timeouts.idle == .seconds(91))
    #expect(timeouts.total == nil)
    #expect(settings.healthCheck.timeout == .seconds(31))
    #expect(settings.healthCheck.interval == .seconds(90))
    #expect(settings.healthCheck.recoveryThreshold == 2)
  }

  @Test func `every kind of rule means what it did`() throws {
    let tagging = try full().tagging
    #expect(tagging.isEnabled)
    #expect(tagging.pipelineTimeout == .seconds(6))
    #expect(
      tagging.rules.map(\.condition) == [
        .path(pattern: "/v1/*"), .header(name: "Content-Type", pattern: "application/json"),
        .query(name: "beta", pattern: "true"), .method(["POST", "PUT"]), .model(pattern: "claude-3*"),
        .bodyJSON(path: "metadata.user_id", test: .matches(pattern: "me*")), .userMessage(pattern: "*fast*"),
        .thinking(minimumBudget: 1000), .thinking(minimumBudget: 0),
      ])
    #expect(tagging.rules[0].name == "api-v1-detector")
    #expect(tagging.rules[0].tag == "api-v1")
    #expect(!tagging.rules[1].isEnabled && tagging.rules[1].priority == 2)
  }

  @Test func `the older nested timeouts are read, the flat ones win`() throws {
    let settings = try load(
      """
      endpoints: [{name: a, url: "https://a.test", auth_type: none}]
      timeouts:
        proxy: {tls_handshake: 5s, response_header: 50s, idle_connection: 1m, overall_request: ""}
        health_check: {overall_request: 20s, check_interval: 15s, recovery_threshold: 3}
        response_header: 40s
      """
    ).settings
    let timeouts = try #require(settings.endpoints.first?.timeouts)
    #expect(timeouts.connect == .seconds(5))
    #expect(timeouts.firstByte == .seconds(40))
    #expect(timeouts.idle == .seconds(60))
    #expect(timeouts.total == nil)
    #expect(settings.healthCheck.timeout == .seconds(20))
    #expect(settings.healthCheck.interval == .seconds(15))
    #expect(settings.healthCheck.recoveryThreshold == 3)
  }

  @Test func `a disabled Starlark rule and an empty validation section do not stop the file`() throws {
    let loaded = try load(
      """
      endpoints: [{name: a, endpoint_type: demo}]
      validation:
      tagging:
        taggers:
          - name: custom
            type: starlark
            tag: t
            enabled: false
            config:
              script: |-
                def should_tag():
                  return True
      """)
    #expect(loaded.settings.tagging.rules.isEmpty)
    let notice = try #require(loaded.notices.first)
    #expect(loaded.notices.count == 1)
    #expect(notice.severity == .warning)
    #expect(notice.line == 6)
    #expect(
      notice.message
        == "this disabled rule is left out: Starlark is not supported, scripts are written in Lua")
  }

  @Test func `an empty file is a configuration without endpoints`() throws {
    for text in ["", "# nothing\n", "~"] {
      let loaded = try load(text)
      #expect(loaded.settings == Settings())
      #expect(
        loaded.notices.map(\.message) == [
          "no endpoint is enabled: every request will be answered with an error"
        ])
    }
  }
}

/// Every key of the predecessor.
private let predecessorFile = """
  server:
    host: 127.0.0.1
    port: 8081
    auth_token: your-proxy-secret-token
  endpoints:
  - name: anthropic-primary
    url: https://api.anthropic.com
    endpoint_type: anthropic
    path_prefix: ""
    auth_type: api_key
    auth_value: sk-ant-api03-x
    enabled: true
    priority: 1
    tags: [fast, api-v1]
    model_rewrite:
      enabled: true
      rules:
      - source_pattern: claude-*haiku*
        target_model: claude-small
    proxy:
      type: socks5
      address: 127.0.0.1:1080
      username: me
      password: pw
    header_overrides:
      x-team: blue
      x-drop: ""
    parameter_overrides:
      temperature: "0.7"
      stop: '["a"]'
      service_tier: auto
      top_k: ""
    max_tokens_field_name: max_tokens
    reorder_system_messages_first: false
    oauth_config:
      access_token: unused
      refresh_token: ""
      expires_at: 0
      token_url: ""
      auto_refresh: false
    rate_limit_reset: 1754380800
    rate_limit_status: allowed
    enhanced_protection: true
  - name: compatible
    url: https://api.example.com
    endpoint_type: openai
    path_prefix: /v1/chat/completions
    auth_type: auth_token
    auth_value: token
    enabled: false
    priority: 2
    tags: []
    max_tokens_field_name: max_completion_tokens
    reorder_system_messages_first: true
  - name: account
    url: https://api.anthropic.com/
    auth_type: oauth
    oauth_config:
      access_token: sk-ant-oat01-x
      refresh_token: sk-ant-ort01-x
      expires_at: 1790000000000
      token_url: https://console.anthropic.com/v1/oauth/token
      client_id: id
      scopes: ["user:inference"]
      auto_refresh: true
  - {name: other, url: "http://127.0.0.1:9000", auth_type: api_key, auth_value: k}
  validation:
    python_json_fixing:
      enabled: true
      target_tools: [TodoWrite, Task]
      debug_logging: true
      max_attempts: 2
    strict_anthropic_format: true
    validate_streaming: true
    disconnect_on_invalid: false
  logging:
    level: warn
    log_request_types: failed
    log_request_body: truncated
    log_response_body: full
    log_directory: ./journal
  web_admin:
    enabled: false
  timeouts:
    tls_handshake: 11s
    response_header: 1m1s
    idle_connection: 91s
    health_check_timeout: 31s
    check_interval: 1m30s
    recovery_threshold: 2
  tagging:
    enabled: true
    pipeline_timeout: 6s
    taggers:
    - {name: api-v1-detector, type: builtin, builtin_type: path, tag: api-v1, enabled: true, priority: 1,
       config: {path_pattern: /v1/*}}
    - name: header
      type: builtin
      builtin_type: header
      tag: json-request
      enabled: false
      priority: 2
      config:
        header_name: Content-Type
        expected_value: application/json
    - {name: query, type: builtin, builtin_type: query, tag: t,
       config: {param_name: beta, expected_value: "true"}}
    - {name: method, type: builtin, builtin_type: method, tag: t, config: {methods: [POST, put]}}
    - {name: model, type: builtin, builtin_type: model, tag: fast, config: {expected_value: claude-3*}}
    - {name: body, type: builtin, builtin_type: body-json, tag: t,
       config: {json_path: metadata.user_id, expected_value: me*}}
    - {name: user, type: builtin, builtin_type: user-message, tag: t, config: {expected_value: "*fast*"}}
    - {name: hard, type: builtin, builtin_type: thinking, tag: t, config: {min_budget_tokens: 1000}}
    - {name: any, type: builtin, builtin_type: thinking, tag: t}
  i18n:
    enabled: true
    default_language: en
    locales_path: web/locales
  """
