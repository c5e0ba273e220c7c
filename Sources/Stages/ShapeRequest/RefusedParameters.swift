import Pipeline
import Synchronization

/// Parameters that endpoints said they do not know: requests for the same model go there without them from then on
/// (Q27).
///
/// Compatible servers differ most in what they have not heard of, and a profile cannot know every version of them.
package final class RefusedParameters: Sendable {
  private struct Key: Hashable {
    var endpoint: String
    var model: String
  }

  /// More models than any configuration has; beyond it nothing new is learnt.
  private static let limit = 256
  /// Without these a request is another one, or none.
  private static let essential: Set<String> = [
    "model", "messages", "stream", "tools", "tool_choice", "max_tokens", "max_completion_tokens",
  ]
  private static let signs = [
    "unknown", "unrecognized", "unrecognised", "unsupported", "not supported", "does not support",
    "unexpected", "extra inputs", "extra fields", "not permitted", "not allowed", "additional properties",
    "invalid parameter", "invalid field",
  ]

  private let known = Mutex<[Key: Set<String>]>([:])

  package init() {}

  func parameters(of endpoint: String, model: String) -> Set<String> {
    known.withLock { $0[Key(endpoint: endpoint, model: model)] ?? [] }
  }

  /// Reads the words of a refusal.
  /// - Parameter sent: the body that was refused.
  /// - Returns: the parameter that it names and that the next request will go without; nil when there is none.
  func learn(from words: Bytes, sent: Bytes, by endpoint: String, model: String) -> String? {
    let text = words.prefix(16 * 1024).text.lowercased()
    guard Self.signs.contains(where: { text.contains($0) }), let fields = try? JSONFields(sent) else {
      return nil
    }
    let named = fields.keys.filter { !Self.essential.contains($0) && Self.names(text, $0.lowercased()) }
    // `stream_options` is in no doubt where `reasoning` might be part of a sentence.
    guard let parameter = named.max(by: { $0.utf8.count < $1.utf8.count }) else { return nil }
    return known.withLock { known in
      let key = Key(endpoint: endpoint, model: model)
      guard known[key] != nil || known.count < Self.limit else { return nil }
      return known[key, default: []].insert(parameter).inserted ? parameter : nil
    }
  }

  /// Whether `name` stands in the text as a word of its own.
  private static func names(_ text: String, _ name: String) -> Bool {
    text.ranges(of: name).contains { range in
      let before = text[..<range.lowerBound].last
      let after = text[range.upperBound...].first
      return ![before, after].contains { $0.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
    }
  }
}
