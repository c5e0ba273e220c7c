import Foundation
import Pipeline
import Settings
import Stages
import Testing

/// What single providers refuse in requests (openai-stream.md): their bundled profiles see to it.
@Suite struct RequestQuirkTests {
  static let tool = #"{"name":"Read","description":"d","strict":true,"input_schema":{"type":"object"}}"#
  static let call = #"{"type":"tool_use","id":"toolu_1","name":"Read","input":{}}"#
  static let result = #"{"type":"tool_result","tool_use_id":"toolu_1","content":"text"}"#
  static let hello = #"{"role":"user","content":"hi"}"#
  static let toolLoop =
    #"{"role":"user","content":"hi"},{"role":"assistant","content":[\#(call)]},{"role":"user","content":[\#(result)]}"#

  /// The request that `provider` gets for one of Claude Code's.
  private func sent(
    to provider: String, model: String = "m", _ members: String = "", messages: String = hello
  ) throws -> [String: Any] {
    let profile = try #require(Providers.bundled[provider]?.profile)
    let translate = TranslateRequest(
      profile: profile.profile(for: model), endpoint: Endpoint(name: provider, url: "https://a.test"))
    let body = #"{"model":"m","max_tokens":100,"stream":true,"messages":[\#(messages)]\#(members)}"#
    guard
      case .send(let request) = try translate.translated(
        Bytes(utf8: body), model: model, memory: ReasoningMemory())
    else { throw NothingSent() }
    return try #require(JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
  }

  private struct NothingSent: Error {}

  private func messages(_ request: [String: Any]) -> [[String: Any]] {
    request["messages"] as? [[String: Any]] ?? []
  }

  private func tools(choice: String) -> String { #","tools":[\#(Self.tool)],"tool_choice":\#(choice)"# }

  @Test(arguments: ["deepseek", "kimi"])
  func `Q29 a tool loop has reasoning in every turn, known or not`(_ provider: String) throws {
    let thinking = #","thinking":{"type":"enabled","budget_tokens":1024}"#
    let request = try sent(to: provider, thinking, messages: Self.toolLoop)
    let assistant = try #require(messages(request).first { $0["role"] as? String == "assistant" })
    #expect((assistant["reasoning_content"] as? String)?.isEmpty == false)
  }

  @Test(arguments: ["llamacpp", "lmstudio"])
  func `Q32 system text stands at the beginning, late one is the user's`(_ provider: String) throws {
    let late = Self.hello + #",{"role":"system","content":"late"},{"role":"user","content":"go"}"#
    let sent = messages(try sent(to: provider, #","system":"early""#, messages: late))
    #expect(sent.filter { $0["role"] as? String == "system" }.count == 1)
    #expect(sent.first?["role"] as? String == "system")
    #expect("\(sent)".contains("late"))
  }

  @Test func `Q33 gpt-oss at llama.cpp gets no reasoning beside a call`() throws {
    let thinking = #"{"type":"thinking","thinking":"hm","signature":"px1.llamacpp.00"}"#
    let history =
      Self.hello
      + #",{"role":"assistant","content":[\#(thinking),\#(Self.call)]},{"role":"user","content":[\#(Self.result)]}"#
    func reasoning(_ model: String) throws -> Any? {
      messages(try sent(to: "llamacpp", model: model, messages: history))
        .first { $0["role"] as? String == "assistant" }?["reasoning_content"]
    }
    #expect(try reasoning("gpt-oss-20b") == nil)
    #expect(try reasoning("qwen3") as? String == "hm")
  }

  @Test(arguments: ["mistral", "lmstudio"])
  func `Q34 no two messages of one role follow each other`(_ provider: String) throws {
    let doubled = Self.toolLoop + "," + Self.hello + "," + Self.hello
    let roles = messages(try sent(to: provider, messages: doubled)).compactMap { $0["role"] as? String }
    #expect(zip(roles, roles.dropFirst()).allSatisfy { $0 != $1 || $0 == "tool" }, "\(roles)")
  }

  @Test func `Q36 GLM knows only automatic tools, and nothing strict`() throws {
    let forced = try sent(to: "glm", tools(choice: #"{"type":"tool","name":"Read"}"#))
    #expect(forced["tool_choice"] as? String ?? "auto" == "auto")
    #expect(!"\(forced["tools"] ?? "")".contains("strict"))
    #expect(try sent(to: "glm", tools(choice: #"{"type":"none"}"#))["tools"] == nil)
  }

  @Test(arguments: ["kimi", "deepseek"])
  func `Q37 Q39 sampling is not sent where it is fixed`(_ provider: String) throws {
    let request = try sent(to: provider, #","temperature":0.3,"top_p":0.5"#)
    #expect(request["temperature"] == nil && request["top_p"] == nil)
    #expect(request["max_completion_tokens"] as? Int == (provider == "kimi" ? 100 : nil))
  }

  @Test func `Q38 Qwen is not told that a tool is required`() throws {
    let request = try sent(to: "qwen", tools(choice: #"{"type":"any"}"#))
    #expect(request["tool_choice"] as? String ?? "auto" == "auto")
  }

  @Test func `Q40 OpenRouter's Anthropic models are not forced while they think`() throws {
    let thinking = #","thinking":{"type":"enabled","budget_tokens":1024}"#
    let forced = tools(choice: #"{"type":"any"}"#) + thinking
    let claude = try sent(to: "openrouter", model: "anthropic/claude-opus-5.5", forced)
    #expect(claude["tool_choice"] as? String ?? "auto" == "auto")
    #expect(try sent(to: "openrouter", model: "qwen/qwen3", forced)["tool_choice"] as? String == "required")
  }

  @Test func `Q41 Cerebras gets none of the members it refuses`() throws {
    let request = try sent(to: "cerebras", #","metadata":{"user_id":"u"},"service_tier":"auto""#)
    #expect(
      Set(request.keys).isDisjoint(with: ["prompt_cache_key", "verbosity", "metadata", "service_tier"]))
  }

  @Test func `GLM keeps the thinking of earlier turns`() throws {
    let on = #","thinking":{"type":"enabled","budget_tokens":9000}"#
    let request = try sent(to: "zai", on)["thinking"] as? [String: Any]
    #expect(request?["type"] as? String == "enabled" && request?["clear_thinking"] as? Bool == false)
  }

  @Test func `GLM at Cerebras is told not to think by a switch of its own`() throws {
    let off = #","thinking":{"type":"disabled"}"#
    #expect(try sent(to: "cerebras", model: "zai-glm-4.7", off)["disable_reasoning"] as? Bool == true)
    #expect(try sent(to: "cerebras", model: "zai-glm-4.7")["disable_reasoning"] == nil)
  }

  @Test func `Q45 GLM is asked to stream the arguments of tools`() throws {
    #expect(try sent(to: "glm", tools(choice: #"{"type":"auto"}"#))["tool_stream"] as? Bool == true)
  }

  @Test func `Q50 more tokens than the model has are not asked for`() throws {
    let profile = try #require(Providers.bundled["glm"]?.profile)
    let body = #"{"model":"m","max_tokens":200000,"messages":[\#(Self.hello)]}"#
    guard
      case .send(let request) = try TranslateRequest(
        profile: profile, endpoint: Endpoint(name: "glm", url: "https://a.test")
      ).translated(Bytes(utf8: body), model: "m", memory: ReasoningMemory())
    else { throw NothingSent() }
    #expect(request.body.text.contains(#""max_tokens":131072"#))
    #expect(request.degradations.map(\.code) == [.maxTokensLowered])
  }

  @Test func `Q52 an unknown server gets plain Chat Completions and nothing else`() throws {
    let everything =
      tools(choice: #"{"type":"auto"}"#)
      + #","thinking":{"type":"enabled","budget_tokens":1024},"metadata":{"user_id":"u"},"top_k":4,"container":"c","betas":["b"],"stop_sequences":["x"]"#
    let keys = try sent(to: "generic", everything).keys.sorted()
    #expect(
      keys == ["max_tokens", "messages", "model", "stop", "stream", "stream_options", "tool_choice", "tools"])
  }

  @Test func `Q54 Volcengine's thinking is switched by its type`() throws {
    let request = try sent(to: "volcengine", #","thinking":{"type":"disabled"}"#)
    #expect((request["thinking"] as? [String: Any])?["type"] as? String == "disabled")
  }
}
