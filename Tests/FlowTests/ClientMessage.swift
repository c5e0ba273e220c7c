import Foundation
import Pipeline
import ProxyTesting
import Stages

/// What a client makes of an event stream: one valid message, or none. The validator of the product is the judge.
struct ClientMessage {
  /// The text of all text blocks.
  var text = ""
  /// `name(input)` of each tool call.
  var calls: [String] = []
  var stopReason: String?
  var outputTokens = 0

  /// Throws what is wrong with the stream.
  init(_ reply: TestReply) throws(ProxyFailure) {
    let attempt = Attempt.forTesting(AnswerExpectation(model: ""))
    var chain = Chain(ParseSSE(), ValidateProtocol(.anthropic)).prepared(for: attempt)
    var whole = AccumulateMessage()
    let take = { (event: MessageEvent) throws(ProxyFailure) in try whole.receive(event) }
    try chain.receive(reply.body, take)
    try chain.finish(take)
    let message = OpenAI.object(try whole.finish())
    for block in message["content"] as? [[String: Any]] ?? [] {
      text += block["text"] as? String ?? ""
      if let name = block["name"] as? String {
        let input = try? JSONSerialization.data(withJSONObject: block["input"] ?? [:], options: [.sortedKeys])
        calls.append("\(name)(\(String(decoding: input ?? Data(), as: UTF8.self)))")
      }
    }
    stopReason = message["stop_reason"] as? String
    outputTokens = (message["usage"] as? [String: Any])?["output_tokens"] as? Int ?? 0
  }
}
