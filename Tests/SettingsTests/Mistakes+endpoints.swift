/// One endpoint with these keys beside its name.
private func endpoint(_ keys: String) -> String { "endpoints:\n  - name: one\n    \(keys)" }

private let keyed = "url: https://a.test\n    auth_type: api_key\n    auth_value: k\n    "

extension Mistake {
  static let endpoints = [
    Mistake(
      "endpoints are a mapping", "endpoints: {a: b}", "1:1: endpoints: expected a list, found a mapping"),
    Mistake(
      "endpoint is a word", "endpoints:\n  - one\n  - {name: demo, endpoint_type: demo}",
      "2:5: endpoints[0]: expected a mapping, found \"one\""),
    Mistake(
      "no name", "endpoints:\n  - endpoint_type: demo",
      "2:5: endpoints[0].name: missing: expected a name for statistics and logs"),
    Mistake(
      "empty name", "endpoints:\n  - endpoint_type: demo\n    name: \"\"",
      "3:5: endpoints[0].name: missing: expected a name for statistics and logs"),
    Mistake(
      "two endpoints of one name",
      "endpoints:\n  - {name: a, endpoint_type: demo}\n  - {name: a, endpoint_type: demo}",
      "3:6: endpoints[1].name: \"a\" is the name of another endpoint already, see line 2"),
    Mistake(
      "no url", endpoint("auth_type: none"),
      "2:5: endpoints[0].url: missing: expected the base URL, such as https://api.anthropic.com"),
    Mistake(
      "url without a scheme", endpoint("auth_type: none\n    url: api.anthropic.com"),
      "4:5: endpoints[0].url: expected a base URL such as https://api.anthropic.com,"
        + " found \"api.anthropic.com\""),
    Mistake(
      "url of another scheme", endpoint("auth_type: none\n    url: ftp://a.test"),
      "4:5: endpoints[0].url: expected a base URL such as https://api.anthropic.com, found \"ftp://a.test\""),
    Mistake(
      "url without a host", endpoint("auth_type: none\n    url: https:///v1"),
      "4:5: endpoints[0].url: expected a base URL such as https://api.anthropic.com, found \"https:///v1\""),
    Mistake(
      "url with a backslash", endpoint("auth_type: none\n    url: 'https://a.test\\b'"),
      "4:5: endpoints[0].url: expected a base URL such as https://api.anthropic.com,"
        + " found \"https://a.test\\b\""),
    Mistake(
      "url with a password", endpoint("auth_type: none\n    url: https://me:hunter2@a.test"),
      "4:5: endpoints[0].url: a URL with a user name or password is not accepted (use auth_value)"),
    Mistake(
      "url with a query", endpoint("auth_type: none\n    url: https://a.test?key=hunter2"),
      "4:5: endpoints[0].url: a base URL has no \"?\" or \"#\""),
    Mistake(
      "unknown type", endpoint("endpoint_type: open_ai\n    \(keyed)"),
      "3:5: endpoints[0].endpoint_type: expected one of anthropic, openai, demo, found \"open_ai\""
        + " (did you mean \"openai\"?)"),
    Mistake(
      "unknown key", endpoint(keyed + "auth_typ: x"),
      "6:5: endpoints[0].auth_typ: unknown key (did you mean \"auth_type\"?)"),
    Mistake(
      "no auth_type", endpoint("url: https://a.test"),
      "2:5: endpoints[0].auth_type: missing: expected one of api_key, auth_token, oauth, none, forward_client"
    ),
    Mistake(
      "api_key without a value", endpoint("url: https://a.test\n    auth_type: api_key"),
      "2:5: endpoints[0].auth_value: missing: expected the key or token to send"),
    Mistake(
      "auth_token with an empty value",
      endpoint("url: https://a.test\n    auth_type: auth_token\n    auth_value: ${EMPTY}"),
      "5:5: endpoints[0].auth_value: missing: expected the key or token to send"),
    Mistake(
      "secret with a line break",
      endpoint("url: https://a.test\n    auth_type: api_key\n    auth_value: \"hunter2\\nx: y\""),
      "5:5: endpoints[0].auth_value: the secret contains a line break or another control character"),
    Mistake(
      "secret that is a list",
      endpoint("url: https://a.test\n    auth_type: api_key\n    auth_value: [hunter2]"),
      "5:5: endpoints[0].auth_value: expected a text, found a list"),
    Mistake(
      "unknown auth_type without a value", endpoint("url: https://a.test\n    auth_type: apikey"),
      "4:5: endpoints[0].auth_type: expected one of api_key, auth_token, oauth, none, forward_client,"
        + " or another word with auth_value, found \"apikey\" (did you mean \"api_key\"?)"),
    Mistake(
      "oauth without its mapping", endpoint("url: https://a.test\n    auth_type: oauth"),
      "2:5: endpoints[0].oauth_config: missing: expected a mapping with access_token, for auth_type: oauth"),
    Mistake(
      "oauth without a token",
      endpoint("url: https://a.test\n    auth_type: oauth\n    oauth_config: {refresh_token: hunter2}"),
      "5:5: endpoints[0].oauth_config.access_token: missing: expected the access token"),
    Mistake(
      "the client's credential to somebody else",
      endpoint("url: https://a.test\n    auth_type: forward_client"),
      "4:5: endpoints[0].auth_type: forward_client sends the user's own Anthropic credential on, so it is"
        + " allowed for https://api.anthropic.com only (give this endpoint a credential of its own)"),
    Mistake(
      "the client's credential in the clear",
      endpoint("url: http://api.anthropic.com\n    auth_type: forward_client"),
      "4:5: endpoints[0].auth_type: forward_client sends the user's own Anthropic credential on, so it is"
        + " allowed for https://api.anthropic.com only (give this endpoint a credential of its own)"),
    Mistake(
      "the client's credential to a look-alike",
      endpoint("url: https://api.anthropic.com.a.test\n    auth_type: forward_client"),
      "4:5: endpoints[0].auth_type: forward_client sends the user's own Anthropic credential on, so it is"
        + " allowed for https://api.anthropic.com only (give this endpoint a credential of its own)"),
    Mistake(
      "weight of nothing", endpoint(keyed + "weight: 0"),
      "6:5: endpoints[0].weight: expected a whole number from 1 to 1000000, found \"0\""),
    Mistake(
      "tags are a word", endpoint(keyed + "tags: fast"),
      "6:5: endpoints[0].tags: expected a list, found \"fast\""),
    Mistake(
      "empty tag", endpoint(keyed + "tags: [\"\"]"),
      "6:12: endpoints[0].tags[0]: expected a text, found an empty text"),
    Mistake(
      "rewrite rule without a target",
      endpoint(keyed + "model_rewrite: {enabled: true, rules: [{source_pattern: \"*\"}]}"),
      "6:44: endpoints[0].model_rewrite.rules[0].target_model: missing: expected the model name to send"),
    Mistake(
      "proxy of another type", endpoint(keyed + "proxy: {type: socks4, address: \"a:1\"}"),
      "6:13: endpoints[0].proxy.type: expected one of http, socks5, found \"socks4\" (did you mean \"socks5\"?)"
    ),
    Mistake(
      "proxy with a scheme", endpoint(keyed + "proxy: {type: http, address: \"http://a:1\"}"),
      "6:25: endpoints[0].proxy.address: expected host:port, found \"http://a:1\""
        + " (the scheme belongs into type)"),
    Mistake(
      "proxy without a port", endpoint(keyed + "proxy: {type: http, address: a}"),
      "6:25: endpoints[0].proxy.address: expected host:port, found \"a\""),
    Mistake(
      "header name with a space", endpoint(keyed + "header_overrides: {\"x y\": z}"),
      "6:24: endpoints[0].header_overrides.x y: this is not a name a header can have"),
    Mistake(
      "header value with a line break", endpoint(keyed + "header_overrides: {x-y: \"hunter2\\nz\"}"),
      "6:24: endpoints[0].header_overrides.x-y: the value contains characters a header cannot have"),
    Mistake(
      "parameter that is no text", endpoint(keyed + "parameter_overrides: {thinking: {type: disabled}}"),
      "6:27: endpoints[0].parameter_overrides.thinking: expected a text, found a mapping"),
    Mistake(
      "unknown field for tokens", endpoint(keyed + "max_tokens_field_name: max_token"),
      "6:5: endpoints[0].max_tokens_field_name: expected one of max_tokens, max_completion_tokens,"
        + " max_output_tokens, found \"max_token\" (did you mean \"max_tokens\"?)"),
    Mistake(
      "own timeouts with the global names", endpoint(keyed + "timeouts: {response_header: 5s}"),
      "6:16: endpoints[0].timeouts.response_header: unknown key"),
    Mistake(
      "unknown fault", endpoint("endpoint_type: demo\n    demo: {fault: cut}"),
      "4:12: endpoints[0].demo.fault: expected one of truncate, stall, error_event, overloaded, invalid_json,"
        + " cut_inside_tool, found \"cut\""),
    Mistake(
      "delay without a unit", endpoint("endpoint_type: demo\n    demo: {event_delay: 40}"),
      "4:12: endpoints[0].demo.event_delay: expected a duration with a unit, found \"40\""
        + " (write 40s or 40ms)"),
    Mistake(
      "demo options of a real endpoint", endpoint(keyed + "demo: {fault: stall}"),
      "6:5: endpoints[0].demo: only an endpoint with endpoint_type: demo can have this"),
  ]
}
