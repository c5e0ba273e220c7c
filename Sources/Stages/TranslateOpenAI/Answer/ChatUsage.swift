/// The token counts of a chat completion; nil where the provider does not say.
package struct ChatUsage: Sendable, Equatable {
  /// Cached ones included.
  package private(set) var prompt: Int?
  /// Reasoning included.
  package private(set) var completion: Int?
  package private(set) var reasoning: Int?
  private var cachedDetail: Int?
  private var cacheHit: Int?
  private var cached: Int?
  private var cacheWrite: Int?

  /// Reads a usage object; nil, the value being skipped, for anything without a count in it.
  init?(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return nil }
    while let key = try json.nextKey() {
      if json.matches(key, "prompt_tokens") {
        prompt = try Self.count(&json)
      } else if json.matches(key, "completion_tokens") {
        completion = try Self.count(&json)
      } else if json.matches(key, "prompt_tokens_details") {
        try readPromptDetails(&json)
      } else if json.matches(key, "completion_tokens_details") {
        try readCompletionDetails(&json)
      } else if json.matches(key, "prompt_cache_hit_tokens") {
        cacheHit = try Self.count(&json)
      } else if json.matches(key, "cached_tokens") {
        cached = try Self.count(&json)
      } else {
        try json.skipValue()
      }
    }
    if prompt == nil, completion == nil { return nil }
  }

  private mutating func readPromptDetails(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    while let key = try json.nextKey() {
      if json.matches(key, "cached_tokens") {
        cachedDetail = try Self.count(&json)
      } else if json.matches(key, "cache_write_tokens") {
        cacheWrite = try Self.count(&json)
      } else {
        try json.skipValue()
      }
    }
  }

  private mutating func readCompletionDetails(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    while let key = try json.nextKey() {
      if json.matches(key, "reasoning_tokens") {
        reasoning = try Self.count(&json)
      } else {
        try json.skipValue()
      }
    }
  }

  /// Kept small enough to be added and subtracted without a check.
  private static func count(_ json: inout JSONCursor) throws(JSONError) -> Int? {
    try json.integerOrSkip().map { min(max(0, $0), 1 << 52) }
  }

  // MARK: As Anthropic counts (translation.md §5.4)

  /// By whichever name the provider has for it (Q28).
  var cacheRead: Int { cachedDetail ?? cacheHit ?? cached ?? 0 }
  var cacheCreation: Int { cacheWrite ?? 0 }
  /// Without the cached ones.
  var input: Int? { prompt.map { max(0, $0 - cacheRead - cacheCreation) } }
}
