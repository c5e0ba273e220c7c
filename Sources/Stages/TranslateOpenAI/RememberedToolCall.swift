/// What an endpoint must get back with a tool call that the client cannot carry.
package struct RememberedToolCall: Sendable, Equatable {
  /// The endpoint's own id of the call.
  package var id: String
  /// The `extra_content` of the call, a JSON text; nil when it had none (Q31).
  package var extraContent: String?

  package init(id: String, extraContent: String? = nil) {
    self.id = id
    self.extraContent = extraContent
  }
}
