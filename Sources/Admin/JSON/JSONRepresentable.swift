/// A value that knows how it looks in an answer, and says so in the API's description.
package protocol JSONRepresentable: Sendable {
  static var schema: Schema { get }
  var json: JSON { get }
}

/// An object of the API: one list of members makes both its JSON and its schema, so the two cannot differ.
package protocol JSONObject: JSONRepresentable {
  /// Its name among the schemas.
  static var schemaName: String { get }
  /// In the order they are written.
  static var members: [Member<Self>] { get }
}

/// One member of an object: always written, as null when there is nothing to say.
package struct Member<Root>: Sendable {
  let name: String
  let schema: Schema
  let json: @Sendable (Root) -> JSON

  /// - Parameter explanation: for the API's description.
  package init<Value: JSONRepresentable>(
    _ name: String, _ explanation: String? = nil, _ value: @escaping @Sendable (Root) -> Value
  ) {
    self.name = name
    schema = explanation.map { Value.schema.explained($0) } ?? Value.schema
    json = { value($0).json }
  }

  /// The same member of an object that holds such a one.
  func of<Outer>(_ inner: @escaping @Sendable (Outer) -> Root) -> Member<Outer> {
    Member<Outer>(name: name, schema: schema) { [json] in json(inner($0)) }
  }

  private init(name: String, schema: Schema, json: @escaping @Sendable (Root) -> JSON) {
    self.name = name
    self.schema = schema
    self.json = json
  }

  /// For a text that is one of a few.
  package init(_ name: String, oneOf values: [String], _ value: @escaping @Sendable (Root) -> String) {
    self.name = name
    schema = .text(oneOf: values)
    json = { .text(value($0)) }
  }
}

extension JSONObject {
  package static var schema: Schema {
    .object(
      named: schemaName, members.map { Schema.Property($0.name, $0.schema) }, isOpen: false)
  }

  package var json: JSON { .object(Self.members.map { JSON.Member($0.name, $0.json(self)) }) }
}

extension String: JSONRepresentable {
  package static var schema: Schema { .text }
  package var json: JSON { .text(self) }
}

extension Int: JSONRepresentable {
  package static var schema: Schema { .integer }
  package var json: JSON { .integer(self) }
}

extension Int64: JSONRepresentable {
  package static var schema: Schema { .integer }
  package var json: JSON { .integer(Int(self)) }
}

extension Double: JSONRepresentable {
  package static var schema: Schema { .number }
  package var json: JSON { isFinite ? .number(self) : .number(0) }
}

extension Bool: JSONRepresentable {
  package static var schema: Schema { .bool }
  package var json: JSON { .bool(self) }
}

extension JSON: JSONRepresentable {
  package static var schema: Schema { .any }
  package var json: JSON { self }
}

extension Optional: JSONRepresentable where Wrapped: JSONRepresentable {
  package static var schema: Schema { Wrapped.schema.orNull }
  package var json: JSON { self?.json ?? .null }
}

extension Array: JSONRepresentable where Element: JSONRepresentable {
  package static var schema: Schema { .array(of: Element.schema) }
  package var json: JSON { .array(map(\.json)) }
}

extension Dictionary: JSONRepresentable where Key == String, Value: JSONRepresentable {
  package static var schema: Schema { .map(of: Value.schema) }
  /// Sorted by name.
  package var json: JSON {
    .object(sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value.json) })
  }
}
