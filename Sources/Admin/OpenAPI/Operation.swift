/// What a route is for, what it takes and what it gives: the source of the API's description, and of the checks
/// before its handler runs.
package struct Operation: Sendable {
  /// A query parameter.
  package struct Parameter: Sendable {
    package var name: String
    package var schema: Schema
    package var isRequired: Bool

    package init(_ name: String, _ schema: Schema, isRequired: Bool = false) {
      self.name = name
      self.schema = schema
      self.isRequired = isRequired
    }
  }

  /// What a success looks like.
  package enum Answer: Sendable {
    case json(Schema, status: Int = 200)
    /// 204.
    case empty
    /// Bytes of this media type.
    case bytes(String)
    /// Server-sent events whose data is of this schema.
    case events(Schema)
  }

  package var summary: String
  package var query: [Parameter]
  /// Checked before the handler runs; nil: the request has no body.
  package var body: Schema?
  package var answer: Answer
  /// Beside those that any route may give (400, 401, 403, 500, and 422 where there is a body).
  package var errors: [AdminError.Code]

  package init(
    _ summary: String, query: [Parameter] = [], body: Schema? = nil, answer: Answer,
    errors: [AdminError.Code] = []
  ) {
    self.summary = summary
    self.query = query
    self.body = body
    self.answer = answer
    self.errors = errors
  }
}
