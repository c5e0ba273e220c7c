/// One OpenAI-compatible endpoint with these keys beside its name.
private func endpoint(_ keys: String) -> String {
  "endpoints:\n  - name: one\n    endpoint_type: openai\n    url: https://a.test\n    auth_type: none\n    \(keys)"
}

extension Mistake {
  static let providers = [
    Mistake(
      "unknown provider", endpoint("provider: deepsek"),
      "6:5: endpoints[0].provider: expected the name of a provider, found \"deepsek\""
        + " (did you mean \"deepseek\"?)"),
    Mistake(
      "provider unlike any", endpoint("provider: my-own-box"),
      "6:5: endpoints[0].provider: expected the name of a provider, found \"my-own-box\""
        + " (\"generic\" fits most servers)"),
    Mistake(
      "provider of the other protocol", endpoint("provider: kimi-anthropic"),
      "6:5: endpoints[0].provider: \"kimi-anthropic\" is a provider for endpoint_type: anthropic, not openai"),
    Mistake(
      "provider without a base URL", "endpoints: [{name: a, provider: generic, auth_value: k}]",
      "1:13: endpoints[0].url: missing: expected the base URL, such as https://api.anthropic.com"),
    Mistake(
      "provider without a key", "endpoints: [{name: a, provider: openai}]",
      "1:13: endpoints[0].auth_value: missing: expected the key or token to send"),
    Mistake(
      "profile that is a word", endpoint("profile: deepseek"),
      "6:5: endpoints[0].profile: expected a mapping, found \"deepseek\""),
    Mistake(
      "unknown field of a profile", endpoint("profile: {fixed_sampling: true}"),
      "6:15: endpoints[0].profile.fixed_sampling: unknown key (did you mean \"fixes_sampling\"?)"),
    Mistake(
      "flag that is none", endpoint("profile: {accepts_images: maybe}"),
      "6:15: endpoints[0].profile.accepts_images: expected true or false, found \"maybe\""),
    Mistake(
      "count out of range", endpoint("profile: {tool_id_length: 3}"),
      "6:15: endpoints[0].profile.tool_id_length: expected a whole number from 8 to 1024, found \"3\""),
    Mistake(
      "unknown reasoning switch", endpoint("profile: {reasoning_switch: efort}"),
      "6:15: endpoints[0].profile.reasoning_switch: expected one of none, effort, thinking_type,"
        + " thinking_type_and_effort, enable_thinking, reasoning_object, chat_template, disable_reasoning,"
        + " found \"efort\" (did you mean \"effort\"?)"),
    Mistake(
      "unknown thinking level", endpoint("profile: {reasoning_levels: {hihg: high}}"),
      "6:34: endpoints[0].profile.reasoning_levels.hihg: unknown key (did you mean \"high\"?)"),
    Mistake(
      "unknown tool choice", endpoint("profile: {tool_choices: [auto, forced]}"),
      "6:36: endpoints[0].profile.tool_choices[1]: expected one of auto, required, none, function, found \"forced\""
    ),
    Mistake(
      "list that is a word", endpoint("profile: {fields_dropped: store}"),
      "6:15: endpoints[0].profile.fields_dropped: expected a list, found \"store\""),
    Mistake(
      "models of one endpoint", endpoint("profile: {models: []}"),
      "6:15: endpoints[0].profile.models: unknown key"),
    Mistake(
      "profile of an Anthropic endpoint",
      "endpoints: [{name: a, url: \"https://a.test\", auth_type: none, profile: {fixes_sampling: true}}]",
      "1:63: endpoints[0].profile: only an endpoint with endpoint_type: openai can have this"),
    Mistake(
      "counting for an Anthropic endpoint",
      "endpoints: [{name: a, url: \"https://a.test\", auth_type: none, count_tokens: estimate}]",
      "1:63: endpoints[0].count_tokens: only an endpoint with endpoint_type: openai can have this"),
    Mistake(
      "counting by an endpoint that is not there", endpoint("count_tokens: estimat"),
      "6:5: endpoints[0].count_tokens: expected estimate or the name of an endpoint with endpoint_type: anthropic,"
        + " found \"estimat\" (did you mean \"estimate\"?)"),
    Mistake(
      "counting by an endpoint that cannot", endpoint("count_tokens: one"),
      "6:5: endpoints[0].count_tokens: expected estimate or the name of an endpoint with endpoint_type: anthropic,"
        + " found \"one\""),
    Mistake(
      "counting by nobody",
      "count_tokens: claud\nendpoints:\n  - {name: claude, provider: anthropic, auth_value: k}",
      "1:1: count_tokens: expected estimate or the name of an endpoint with endpoint_type: anthropic,"
        + " found \"claud\" (did you mean \"claude\"?)"),
  ]
}
