import Pipeline
import Settings
import Stages
import Testing

@Suite struct RedactedTextTests {
  private let rich = """
    server: {host: "::1", port: 1, auth_token: short, write_timeout: 0, body_timeout: 1500ms}
    endpoints:
    - name: 'a: "b" ${X:#}'
      url: https://a.test/api
      auth_type: api_key
      auth_value: sk-0123456789abcdef
      tags: [one, two]
      model_rewrite: {enabled: true, rules: [{source_pattern: "*", target_model: "yes"}]}
      proxy: {type: socks5, address: "[::1]:9", username: "null", password: pw}
      header_overrides: {x-y: "", "x!": "1"}
      parameter_overrides: {temperature: 0.5, stop: "a\\nb", top_k: ""}
      timeouts: {total: 90m, idle: 0}
    - {name: b, url: "https://a.test", endpoint_type: openai, auth_type: other, auth_value: x y z}
    - {name: c, url: "https://api.anthropic.com", auth_type: forward_client}
    - name: gpt
      provider: openai
      auth_value: k
      count_tokens: c
      profile: {fixes_sampling: false, user_field: none, max_tokens_limit: 9, reasoning_levels: {low: "yes"},
        tool_choices: [], fields_added: {a: '{"b":1}', c: "d"}, python_json_tools: []}
    - {name: guessed, url: "https://api.deepseek.com/", endpoint_type: openai, auth_type: none}
    - name: d
      url: https://a.test
      auth_type: oauth
      oauth_config: {access_token: at, refresh_token: rt, expires_at: 5, token_url: "https://t.test", client_id: i,
        scopes: [s, t], auto_refresh: false}
    - {name: e, endpoint_type: demo, demo: {fault: stall, text: "a\\nb", event_delay: 0}}
    selection: {strategy: weighted}
    failover: {commit: complete, bench_time: 1h1m1s}
    timeouts: {check_interval: 5s, recovery_threshold: 4}
    tagging:
      pipeline_timeout: 250ms
      taggers:
      - {name: n, tag: one, type: builtin, builtin_type: fact, fact: message_count, lt: 2.5, priority: 9}
      - {name: m, tag: two, type: builtin, builtin_type: method, methods: [GET]}
      - name: o
        tag: two
        enabled: false
        type: all
        rules:
        - {type: builtin, builtin_type: header, header_name: a, expected_value: "*"}
        - {type: any, rules: [{type: builtin, builtin_type: query, param_name: a, expected_value: "?"}]}
        - {type: not, rules: [{type: builtin, builtin_type: path, path_pattern: /v1}]}
        - {type: builtin, builtin_type: body-json, json_path: a.b, expected_value: c}
        - {type: builtin, builtin_type: user-message, expected_value: d}
        - {type: builtin, builtin_type: model, expected_value: e}
        - {type: builtin, builtin_type: thinking, min_budget_tokens: 7}
        - {type: builtin, builtin_type: fact, fact: has_image, exists: true}
    logging: {level: debug, log_request_body: full, truncate_bytes: 5, retention_bytes: 0}
    validation: {python_json_fixing: {enabled: false}}
    web_admin: {enabled: false}
    i18n: {enabled: false, default_language: ja, locales_path: "#x"}
    """

  @Test func `the effective settings load again and mean the same, but for the secrets`() throws {
    var first = try load(rich, ["X": "x"]).settings
    var second = try load(first.redactedText).settings
    #expect(second.server.authToken == Secret("…"))
    #expect(second.endpoints[0].credential == .apiKey(Secret("sk-…cdef")))
    #expect(second.endpoints[0].proxy?.password == Secret("…"))
    dropSecrets(&first)
    dropSecrets(&second)
    #expect(first == second)
    #expect(first.redactedText == second.redactedText)
  }

  @Test func `an empty configuration shows every default`() throws {
    let text = Settings().redactedText
    #expect(text.hasPrefix("server:\n  host: \"127.0.0.1\"\n  port: 8080\n  body_limit: 67108864\n"))
    #expect(text.contains("\nendpoints: []\n"))
    #expect(try load(text).settings == Settings())
  }

  private func dropSecrets(_ settings: inout Settings) {
    settings.server.authToken = nil
    for index in settings.endpoints.indices {
      settings.endpoints[index].proxy?.password = nil
      switch settings.endpoints[index].credential {
      case .none, .forwardClient: break
      case .apiKey: settings.endpoints[index].credential = .apiKey(Secret(""))
      case .bearer: settings.endpoints[index].credential = .bearer(Secret(""))
      case .authorization: settings.endpoints[index].credential = .authorization(Secret(""))
      case .oauth(var tokens):
        tokens.accessToken = Secret("")
        tokens.refreshToken = nil
        settings.endpoints[index].credential = .oauth(tokens)
      }
    }
  }
}
