import Foundation
import Pipeline
import ProxyTesting
import Settings
import Stages

/// Scripted OpenAI-compatible endpoints, and what a client makes of a translated answer.
enum OpenAI {
  static let head = ScriptedUpstream.Action.head(
    200, ["content-type": "text/event-stream", "transfer-encoding": "chunked", "x-request-id": "req_chat"])

  /// Frames as one chunk each, properly ended.
  static func script(_ chat: ChatStream, ending: [ScriptedUpstream.Action] = [.end])
    -> ScriptedUpstream.Script
  {
    [head] + chat.frames.map { .chunk($0) } + ending
  }

  static func json(_ body: String, status: Int = 200, _ fields: [String: String] = [:])
    -> ScriptedUpstream.Script
  {
    let own = ["content-type": "application/json", "content-length": String(body.utf8.count)]
    return [.head(status, own.merging(fields) { $1 }), .raw(Bytes(utf8: body))]
  }

  static func error(_ message: String, status: Int, _ fields: [String: String] = [:])
    -> ScriptedUpstream.Script
  {
    json(
      #"{"error":{"message":\#(message.jsonQuoted),"type":"invalid_request_error","param":null,"code":null}}"#,
      status: status, fields)
  }

  static let completion =
    #"{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}"#

  /// Makes the endpoints of these places speak Chat Completions.
  static func at(
    _ places: Int..., change: @escaping (inout ProviderProfile) -> Void = { _ in }
  ) -> (inout Settings) -> Void {
    { settings in
      for place in places {
        var profile = ProviderProfile(name: "test")
        change(&profile)
        settings.endpoints[place].dialect = .openAI
        settings.endpoints[place].profile = profile
        settings.endpoints[place].pathPrefix = "/v1/chat/completions"
        settings.endpoints[place].credential = .bearer(Secret("sk-of-the-provider-1234"))
      }
    }
  }

  /// The text of a client's answer, streamed or whole.
  static func text(of reply: TestReply) -> String {
    if let message = try? JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any] {
      return (message["content"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String }.joined()
    }
    return events(of: reply).compactMap { ($0["delta"] as? [String: Any])?["text"] as? String }.joined()
  }

  /// The data of a client's events.
  static func events(of reply: TestReply) -> [[String: Any]] {
    reply.body.text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.dropFirst(6).utf8)) as? [String: Any]
    }
  }

  static func types(of reply: TestReply) -> [String] {
    events(of: reply).compactMap { $0["type"] as? String }
  }

  /// A request body as an object.
  static func object(_ body: Bytes) -> [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
  }
}
