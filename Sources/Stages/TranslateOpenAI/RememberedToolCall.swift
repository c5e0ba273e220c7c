/// What the provider must see again of a tool call it made.
package struct RememberedToolCall: Sendable, Equatable {
  /// The provider's own id.
  package var id: String
  /// The JSON text of `extra_content`, where a signature may be in (Q31).
  package var extraContent: String?

  package init(id: String, extraContent: String? = nil) {
    self.id = id
    self.extraContent = extraContent
  }
}
