import Pipeline
import ProxyTesting
import Stages
import Testing

/// Token counts as Anthropic counts them: translation.md §5.4, Q28.
@Suite struct UsageTests {
  func usage(_ more: String) -> String? {
    Translation(ChatStream().text("x").finish("stop").usage(100, 20, more).done()).usage
  }

  @Test(arguments: [
    #","prompt_tokens_details":{"cached_tokens":60}"#,
    #","prompt_cache_hit_tokens":60,"prompt_cache_miss_tokens":40"#,
    #","cached_tokens":60"#,
  ])
  func `Q28 cached tokens are found under every name, and input leaves them out`(more: String) {
    #expect(
      usage(more)
        == #"{"input_tokens":40,"cache_read_input_tokens":60,"cache_creation_input_tokens":0,"output_tokens":20}"#
    )
  }

  @Test func `written cache tokens are counted apart`() {
    #expect(
      usage(#","prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":50}"#)
        == #"{"input_tokens":0,"cache_read_input_tokens":60,"cache_creation_input_tokens":50,"output_tokens":20}"#
    )
  }

  @Test func `reasoning tokens are part of the output`() {
    #expect(
      usage(#","completion_tokens_details":{"reasoning_tokens":12}"#)?
        .hasSuffix(#""output_tokens":20,"output_tokens_details":{"thinking_tokens":12}}"#) == true)
  }

  @Test func `without usage the output is estimated and the input stays as it was`() {
    let translation = Translation(
      ChatStream().text(String(repeating: "word ", count: 8)).finish("stop"), estimate: 77)
    #expect(translation.usage == #"{"output_tokens":10}"#)
    #expect(translation.events.first?.contains(#""usage":{"input_tokens":77,"output_tokens":0}"#) == true)
  }

  @Test(arguments: [
    #"{"prompt_tokens":"x","completion_tokens":[]}"#,
    #"{"prompt_tokens":-5,"completion_tokens":99999999999999999999}"#,
    "[]", "7",
    #"{"prompt_tokens":9007199254740993,"prompt_tokens_details":{"cached_tokens":9223372036854775807}}"#,
    #"{"prompt_tokens":3,"prompt_tokens_details":[],"completion_tokens_details":7}"#,
  ])
  func `counts of the wrong kind or size do no harm`(usage: String) {
    let translation = Translation(
      ChatStream().text("x").finish("stop").data(#"{"choices":[],"usage":\#(usage)}"#).done())
    #expect(translation.failure == nil)
    #expect(translation.summary.last == "end_turn")
  }
}
