import Settings
import Stages
import Testing

/// What comes with the program, and what a file of providers may not say.
@Suite struct ProvidersTests {
  static let compatible = Providers.bundled.all.filter { $0.kind == .openai }

  private func problems(_ text: String) -> [String] {
    do throws(SettingsError) {
      _ = try Providers(text: text, file: "p.yaml")
      return []
    } catch {
      return error.diagnostics.map(\.description)
    }
  }

  @Test func `everybody is there`() {
    let names = Set(Providers.bundled.all.map(\.name))
    #expect(names.count == Providers.bundled.all.count)
    #expect(
      names == [
        "generic", "openai", "deepseek", "glm", "zai", "kimi", "qwen", "modelscope", "iflow", "yunwu",
        "volcengine", "openrouter", "gemini", "groq", "cerebras", "mistral", "vllm", "sglang", "llamacpp",
        "ollama", "lmstudio", "anthropic", "deepseek-anthropic", "glm-anthropic", "zai-anthropic",
        "kimi-anthropic", "mirrorcode", "gac", "aicodewith",
      ])
  }

  @Test(arguments: Providers.bundled.all)
  func `an endpoint that names a provider and has a key is complete`(_ provider: Provider) throws {
    let url = provider.baseURL.isEmpty ? "https://a.test" : provider.baseURL
    let address = provider.kind == .openai ? url + "/chat/completions" : url
    let loaded = try load(
      """
      endpoints:
      - {name: e, provider: \(provider.name), auth_value: k\(provider.baseURL.isEmpty ? ", url: \(url)/v1" : "")}
      """)
    #expect(loaded.notices.isEmpty)
    let endpoint = try #require(loaded.settings.endpoints.first)
    #expect(endpoint.url + endpoint.pathPrefix == address.replacing("a.test/c", with: "a.test/v1/c"))
    #expect((endpoint.profile != nil) == (provider.kind == .openai))
    #expect(endpoint.profileOrigin == (provider.kind == .openai ? .named : nil))
  }

  @Test(arguments: compatible)
  func `a profile is one the translator can work with`(_ provider: Provider) throws {
    let profile = try #require(provider.profile)
    for profile in [profile] + profile.models.map(\.profile) {
      #expect(profile.name == provider.name)
      #expect(profile.toolChoices.contains("auto"))
      #expect(profile.fieldsDropped.isDisjoint(with: profile.fieldsAdded.keys))
      switch profile.reasoningSwitch {
      case .effort, .reasoningObject, .thinkingTypeAndEffort, .enableThinking:
        // The next lower level stands in for one that is missing, so the lowest must be there.
        #expect(profile.reasoningLevels["low"] != nil)
      case .none, .thinkingType, .chatTemplate, .disableReasoning: #expect(profile.reasoningLevels.isEmpty)
      }
      if profile.reasoningSwitch == .enableThinking {
        #expect(profile.reasoningLevels.values.allSatisfy { $0.isEmpty || Int($0) != nil })
      }
      if profile.reasoningPlaceholder != nil { #expect(profile.reasoningReplay != .none) }
      #expect(profile.models.isEmpty || profile.name == provider.name)
    }
    for model in profile.models { #expect(model.profile.models.isEmpty) }
  }

  @Test(arguments: compatible.filter { !$0.baseURL.isEmpty })
  func `an endpoint at a provider's base URL is recognised, unless its port belongs to many`(
    _ provider: Provider
  ) throws {
    let endpoint = try load(
      "endpoints: [{name: e, endpoint_type: openai, url: \"\(provider.baseURL)\", auth_type: none}]"
    ).settings.endpoints[0]
    let isAmbiguous = ["vllm", "llamacpp"].contains(provider.name)
    #expect(endpoint.profile?.name == (isAmbiguous ? "generic" : provider.name))
    #expect(endpoint.url + endpoint.pathPrefix == provider.baseURL + "/chat/completions")
  }

  @Test func `single models have what only they want`() throws {
    let openAI = try #require(Providers.bundled["openai"]?.profile)
    #expect(!openAI.profile(for: "gpt-4o").fixesSampling)
    #expect(openAI.profile(for: "gpt-4o").reasoningSwitch == .none)
    #expect(openAI.profile(for: "gpt-5-mini").fixesSampling)
    #expect(openAI.profile(for: "gpt-5-mini").reasoningLevels["off"] == "minimal")
    #expect(openAI.profile(for: "gpt-5.1").reasoningLevels["xhigh"] == nil)
    #expect(openAI.profile(for: "gpt-5.2").reasoningLevels["xhigh"] == "xhigh")
    #expect(openAI.profile(for: "gpt-5.3-codex").reasoningLevels["off"] == "low")
    #expect(openAI.profile(for: "gpt-5.6-pro").cacheMarks == .breakpoint)
    #expect(openAI.profile(for: "o3").reasoningSwitch == .effort)
    let gateway = try #require(Providers.bundled["generic"]?.profile)
    #expect(gateway.profile(for: "openai/gpt-5-mini").maxTokensField == "max_completion_tokens")
    #expect(gateway.profile(for: "llama").maxTokensField == "max_tokens")
    let glm = try #require(Providers.bundled["zai"]?.profile)
    #expect(glm.profile(for: "glm-4.6").reasoningSwitch == .thinkingType)
    #expect(glm.profile(for: "glm-5.3").reasoningLevels["off"] == "low")
    #expect(glm.profile(for: "glm-4.6v").acceptsImages && !glm.acceptsImages)
    #expect(glm.fieldsAdded == ["tool_stream": "true"])
  }

  @Test func `a file of providers is read as strictly as config_yaml`() {
    #expect(
      problems(
        """
        providers:
          a:
            title: A
            endpoint_typ: openai
            profile: {fixes_samplin: true, models: [{fixes_sampling: true}, {pattern: x, models: []}]}
          b: {endpoint_type: anthropic, auth_type: key}
          c: {title: C, endpoint_type: anthropic, profile: {}}
        extra: {}
        """) == [
          "p.yaml:4:5: providers.a.endpoint_typ: unknown key (did you mean \"endpoint_type\"?)",
          "p.yaml:5:15: providers.a.profile.fixes_samplin: unknown key (did you mean \"fixes_sampling\"?)",
          "p.yaml:5:45: providers.a.profile.models[0].pattern: missing: expected a model name, with * and ? as"
            + " wildcards",
          "p.yaml:5:82: providers.a.profile.models[1].models: unknown key",
          "p.yaml:6:3: providers.b.title: missing: expected the name people know",
          "p.yaml:6:33: providers.b.auth_type: expected one of api_key, auth_token, none, found \"key\"",
          "p.yaml:7:43: providers.c.profile: unknown key",
          "p.yaml:8:1: extra: unknown key",
        ])
  }
}
