import HTTPTypes
import Pipeline
import Stages

/// Requests with thinking in their history, and what of it an endpoint gets.
enum ReasoningFixture {
  static let text = #"{"type":"text","text":"hello"}"#
  static let tool = #"{"type":"tool_use","id":"toolu_1","name":"Read","input":{}}"#
  static let anthropic = "https://api.anthropic.com"
  static let placeholder = #"{"type":"text","text":"(no content)"}"#

  static func thinking(_ signature: String) -> String {
    #"{"type":"thinking","thinking":"hm","signature":\#(signature.jsonQuoted)}"#
  }

  /// A request whose one assistant turn has this content.
  static func body(_ blocks: [String]) -> String {
    body(content: "[\(blocks.joined(separator: ","))]")
  }

  static func body(content: String) -> String {
    #"{"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":\#(content)},{"role":"user","content":[]}],"max_tokens":9}"#
  }

  static func tagged(_ body: String, path: String = "/v1/messages") throws -> TaggedRequest {
    // Not at index 0, so that a range counted from the start of the slice is noticed.
    let bytes = Bytes(utf8: "skip" + body).dropFirst(4)
    let request = ClientRequest(method: .post, path: path, body: bytes)
    return TaggedRequest(request: request, facts: try RequestFacts.read(request))
  }

  /// The body as an endpoint at `url` gets it.
  static func sent(_ body: String, to url: String, _ memory: ReasoningMemory = ReasoningMemory()) throws
    -> String
  {
    try shaped(tagged(body), to: url, memory).request.body.text
  }

  static func shaped(_ tagged: TaggedRequest, to url: String, _ memory: ReasoningMemory) throws
    -> ShapedRequest
  {
    try ShapeRequest(reasoning: memory).shape(tagged, for: Endpoint(name: "e", url: url)).request()
  }
}
