import Pipeline
import Settings
import Stages
import Testing

/// How an endpoint comes to its profile, and what of its own it puts over it.
@Suite struct EndpointProfileTests {
  private func endpoint(_ keys: String, rest: String = "") throws -> Endpoint {
    let text = "endpoints:\n- {name: a, endpoint_type: openai, auth_type: none, \(keys)}\n\(rest)"
    return try #require(try load(text).settings.endpoints.first)
  }

  @Test(
    arguments: [
      ("https://API.deepseek.com/v1", "deepseek", .guessed(from: "host api.deepseek.com")),
      (
        "https://ark.cn-shanghai.volces.com/api/v3", "volcengine",
        .guessed(from: "host ark.cn-shanghai.volces.com")
      ),
      ("http://192.168.1.5:11434", "ollama", .guessed(from: "port 11434")),
      ("https://api.deepseek.com.a.test", "generic", .fallback),
      ("https://volces.com", "generic", .fallback),
      ("http://localhost:8080/v1", "generic", .fallback),
    ] as [(String, String, Endpoint.ProfileOrigin)])
  func `a URL tells the provider`(_ url: String, _ name: String, _ origin: Endpoint.ProfileOrigin) throws {
    let endpoint = try endpoint("url: \"\(url)\"")
    #expect(endpoint.profile?.name == name)
    #expect(endpoint.profileOrigin == origin)
  }

  @Test func `a name comes before the URL`() throws {
    let endpoint = try endpoint("url: \"https://api.deepseek.com\", provider: openrouter")
    #expect(endpoint.profile?.name == "openrouter")
    #expect(endpoint.profileSummary == "provider openrouter (as configured)")
  }

  @Test(arguments: [
    ("https://api.deepseek.com", "https://api.deepseek.com/chat/completions"),
    ("https://openrouter.ai", "https://openrouter.ai/api/v1/chat/completions"),
    ("https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1/chat/completions"),
    (
      "https://open.bigmodel.cn/api/coding/paas/v4",
      "https://open.bigmodel.cn/api/coding/paas/v4/chat/completions"
    ),
    ("https://a.test/openai/v2", "https://a.test/openai/v2/chat/completions"),
    ("https://a.test/x/chat/completions", "https://a.test/x/chat/completions"),
  ])
  func `without a path_prefix the provider's path completes the URL`(_ url: String, _ address: String) throws
  {
    let endpoint = try endpoint("url: \"\(url)\"")
    #expect(endpoint.url + endpoint.pathPrefix == address)
  }

  @Test func `every field can be overridden`() throws {
    let profile = try #require(
      try endpoint(
        """
        url: "https://a.test", profile: {max_tokens_field: max_output_tokens, max_tokens_limit: 100,
          sends_stream_options: false, system_role: developer, accepts_late_system: true, needs_alternation: true,
          accepts_images: false, accepts_images_in_tool_messages: true, documents: file, structured_output: none,
          stop_limit: 1, accepts_top_k: true, fixes_sampling: true, cache_marks: breakpoint, user_field: user,
          prefill: user_text, omits_null_content: true, fields_dropped: [a], fields_added: {b: "1", c: x},
          tool_choices: [none], refuses_forced_tool_while_thinking: true, accepts_parallel_tool_calls: false,
          accepts_strict_tools: true, tool_id_length: 9, schema_keywords_dropped: [d], reasoning_switch: effort,
          reasoning_levels: {off: none, max: high}, reasoning_replay: reasoning_details, replay_scope: always,
          reasoning_placeholder: "", replays_thought_signatures: true, splits_think_tags: true,
          python_json_tools: [T]}
        """
      ).profile)
    var expected = ProviderProfile(name: "generic")
    expected.maxTokensField = "max_output_tokens"
    expected.maxTokensLimit = 100
    expected.sendsStreamOptions = false
    expected.systemRole = "developer"
    expected.acceptsLateSystem = true
    expected.needsAlternation = true
    expected.acceptsImages = false
    expected.acceptsImagesInToolMessages = true
    expected.documents = .file
    expected.structuredOutput = .none
    expected.stopLimit = 1
    expected.acceptsTopK = true
    expected.fixesSampling = true
    expected.cacheMarks = .breakpoint
    expected.userField = "user"
    expected.prefill = .asUserText
    expected.omitsNullContent = true
    expected.fieldsDropped = ["a"]
    expected.fieldsAdded = ["b": "1", "c": "\"x\""]
    expected.toolChoices = ["none"]
    expected.refusesForcedToolWhileThinking = true
    expected.acceptsParallelToolCalls = false
    expected.acceptsStrictTools = true
    expected.toolIDLength = 9
    expected.schemaKeywordsDropped = ["d"]
    expected.reasoningSwitch = .effort
    expected.reasoningLevels = ["off": "none", "max": "high"]
    expected.reasoningReplay = .reasoningDetails
    expected.replayScope = .always
    expected.reasoningPlaceholder = ""
    expected.replaysThoughtSignatures = true
    expected.splitsThinkTags = true
    expected.pythonJSONTools = ["T"]
    // What is said for the endpoint holds for every model.
    #expect(profile.models.map(\.profile) == [expected])
    expected.models = profile.models
    #expect(profile == expected)
  }

  @Test func `the predecessor's switches change the profile, and the profile map wins over them`() throws {
    let switches = "max_tokens_field_name: max_output_tokens, reorder_system_messages_first: true"
    let openAI = "url: \"https://api.openai.com\", \(switches)"
    let profile = try #require(try endpoint(openAI).profile)
    #expect(profile.maxTokensField == "max_output_tokens")
    #expect(profile.profile(for: "gpt-5").maxTokensField == "max_output_tokens")
    #expect(!profile.acceptsLateSystem)
    let won = try endpoint(openAI + ", profile: {max_tokens_field: max_tokens, accepts_late_system: true}")
      .profile
    #expect(won?.maxTokensField == "max_tokens")
    #expect(won?.acceptsLateSystem == true)
  }

  @Test func `Python-style input is mended for the tools the validation section names`() throws {
    let url = "url: \"https://a.test\""
    #expect(try endpoint(url).profile?.pythonJSONTools == ["TodoWrite"])
    let fixing = "validation: {python_json_fixing: {target_tools: [A, B]}}"
    #expect(try endpoint(url, rest: fixing).profile?.pythonJSONTools == ["A", "B"])
    #expect(
      try endpoint(url, rest: "validation: {python_json_fixing: {enabled: false}}").profile?.pythonJSONTools
        == [])
  }

  @Test func `tokens are counted here, or by an Anthropic endpoint`() throws {
    let text = """
      count_tokens: claude
      endpoints:
      - {name: one, provider: openai, auth_value: k}
      - {name: two, provider: openai, auth_value: k, count_tokens: estimate}
      - {name: claude, provider: anthropic, auth_value: k}
      """
    let endpoints = try load(text).settings.endpoints
    #expect(endpoints.map(\.countTokens) == [.forward(to: "claude"), .estimate, .estimate])
    #expect(endpoints[2].credential == .apiKey(Secret("k")))
    #expect(endpoints[2].url == "https://api.anthropic.com")
    #expect(try endpoint("url: \"https://a.test\"").countTokens == .estimate)
  }

  @Test func `an endpoint of another type has no profile`() throws {
    let endpoint = try load("endpoints: [{name: a, url: \"https://a.test\", auth_type: none}]").settings
      .endpoints[0]
    #expect(endpoint.profile == nil && endpoint.profileOrigin == nil && endpoint.profileSummary == nil)
  }
}
