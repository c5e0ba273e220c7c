import Pipeline

/// The answer to `count_tokens`.
enum TokenCount {
  /// Whether it is a JSON object with a whole number of `input_tokens`.
  static func isValid(_ body: Bytes) -> Bool {
    (try? JSONFields(body))?.integer("input_tokens") != nil
  }
}
