import Pipeline
import ProxyTesting

@testable import Stages

/// Random conversations of the Messages API, as Claude Code and others write them.
struct ConversationGenerator {
  /// What a generated conversation holds, in its order: what a translation must keep.
  struct Content {
    /// Of user and assistant messages and tool results, per message, raw JSON strings without quotes.
    var texts: [String] = []
    /// Ids of answered calls, in order.
    var calls: [String] = []
    /// Inputs of answered calls.
    var inputs: [String] = []
    var images: [String] = []
  }

  private(set) var content = Content()
  private var random: SeededRandom
  private var counter = 0

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// The messages of a conversation of some turns, each a JSON object.
  mutating func conversation() -> [String] {
    var messages = [user([])]
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let ids = (0..<Int.random(in: 0...3, using: &random)).map { _ in id() }
      messages.append(assistant(ids))
      messages.append(user(ids))
      if Bool.random(using: &random), Bool.random(using: &random) {
        messages.append(#"{"role":"system","content":[\#(textBlock())]}"#)
      }
    }
    return messages
  }

  // MARK: Messages

  private mutating func user(_ ids: [String]) -> String {
    var blocks = ids.map { result($0) }
    for _ in 0..<Int.random(in: ids.isEmpty ? 1...3 : 0...2, using: &random) {
      blocks.append(Int.random(in: 0..<4, using: &random) == 0 ? image() : textBlock())
    }
    return #"{"role":"user","content":[\#(blocks.joined(separator: ","))]}"#
  }

  private mutating func assistant(_ ids: [String]) -> String {
    var blocks = Bool.random(using: &random) ? [textBlock()] : []
    if Bool.random(using: &random) {
      blocks.insert(#"{"type":"thinking","thinking":"hm","signature":"px1.e.1"}"#, at: 0)
    }
    for id in ids {
      let input = JSONGenerator.object(&random)
      content.calls.append(id)
      content.inputs.append(input)
      blocks.append(#"{"type":"tool_use","id":"\#(id)","name":"T","input":\#(input)}"#)
    }
    if Bool.random(using: &random) || blocks.isEmpty { blocks.append(textBlock()) }
    return #"{"content":[\#(blocks.joined(separator: ","))],"role":"assistant"}"#
  }

  private mutating func result(_ id: String) -> String {
    var blocks = (0..<Int.random(in: 0...2, using: &random)).map { _ in textBlock() }
    if Int.random(in: 0..<4, using: &random) == 0 { blocks.append(image()) }
    return #"{"type":"tool_result","tool_use_id":"\#(id)","content":[\#(blocks.joined(separator: ","))]}"#
  }

  // MARK: Blocks

  /// Each text is there once, so that its place can be told.
  private mutating func textBlock() -> String {
    counter += 1
    let text = "<\(counter)>" + JSONGenerator.string(&random).dropFirst().dropLast()
    content.texts.append(text)
    return #"{"type":"text","text":"\#(text)"}"#
  }

  private mutating func image() -> String {
    counter += 1
    let data = "aW1hZ2U\(counter)"
    content.images.append(data)
    return #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(data)"}}"#
  }

  private mutating func id() -> String {
    counter += 1
    return ["toolu_01x\(counter)", "toolu_px_call_\(counter)"].randomElement(using: &random)!
  }

  /// A request with a bit of everything.
  static let wholeBody = #"""
    {"model":"m","max_tokens":100,"stream":true,"temperature":1,"top_k":5,"metadata":{"user_id":"u"},
    "thinking":{"type":"enabled","budget_tokens":4000,"display":"updates"},
    "output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object"}}},
    "stop_sequences":["a","b","c","d","e"],"tool_choice":{"type":"tool","name":"T","disable_parallel_tool_use":true},
    "system":[{"type":"text","text":"cc_version=1"},{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
    "tools":[{"name":"T","description":"d","strict":true,"input_schema":{"type":"object","properties":{"a":{"type":"string"}}},"input_examples":[{"a":"x"}]},
    {"name":"ToolSearch"},{"name":"D","defer_loading":true},{"type":"bash_20250124","name":"bash"},{"type":"web_search_20250305","name":"web_search"}],
    "messages":[{"role":"user","content":[{"type":"text","text":"go"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}},
    {"type":"document","title":"t","context":"c","source":{"type":"text","media_type":"text/plain","data":"d"}},
    {"type":"search_result","title":"t","source":"s","content":[{"type":"text","text":"x"}]}]},
    {"role":"system","content":"late","clear_at":"never"},
    {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"px1.e.1"},{"type":"redacted_thinking","data":"d"},
    {"type":"text","text":"a"},{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},
    {"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","url":"u","title":"t"}]},
    {"type":"code_execution_tool_result","tool_use_id":"s","content":{"type":"r","stdout":"o","stderr":"e"}},
    {"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"r","url":"u","content":{"title":"t","source":{"type":"text","data":"d"}}}},
    {"type":"tool_search_tool_result","tool_use_id":"s","content":{"type":"r","tool_references":[{"type":"tool_reference","tool_name":"D"}]}},
    {"type":"compaction","content":"c","tool_changes":[{"type":"tool_addition","tool":{"type":"tool_reference","name":"D"}}]},
    {"type":"tool_use","id":"i","name":"T","input":{"a":"b"}},{"type":"tool_use","id":"j","name":"ToolSearch","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"i","is_error":true,"content":[{"type":"text","text":"r"},{"type":"image","source":{"type":"url","url":"u"}}]},
    {"type":"tool_result","tool_use_id":"j","content":[{"type":"tool_reference","tool_name":"D"}]},{"type":"text","text":"on"}]},
    {"role":"system","content":[{"type":"tool_removal","tool":{"type":"tool_reference","name":"D"}},
    {"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"N"}}}]}]}
    """#
}
