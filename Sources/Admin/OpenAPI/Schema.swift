/// What a JSON value looks like: the part of JSON Schema this API needs.
///
/// The same value checks a request's body and parameters and describes them, so the description is what is held.
package struct Schema: Sendable, Equatable {
  package struct Property: Sendable, Equatable {
    package var name: String
    package var schema: Schema
    package var isRequired: Bool

    package init(_ name: String, _ schema: Schema, isRequired: Bool = true) {
      self.name = name
      self.schema = schema
      self.isRequired = isRequired
    }
  }

  package indirect enum Kind: Sendable, Equatable {
    case any
    case bool
    case integer(least: Int?, most: Int?)
    case number
    /// Lengths in Unicode scalars; `values` empty: any text.
    case text(shortest: Int, longest: Int?, values: [String])
    case array(Schema)
    case map(Schema)
    /// - Parameter isOpen: other members are allowed.
    case object([Property], isOpen: Bool)
    case oneOf([Schema])
  }

  package var kind: Kind
  /// Set for objects that are described once and referred to.
  package var name: String?
  package var isNullable = false
  package var explanation: String?

  package init(_ kind: Kind) { self.kind = kind }

  package static let any = Schema(.any)
  package static let bool = Schema(.bool)
  package static let integer = Schema(.integer(least: nil, most: nil))
  package static let number = Schema(.number)
  package static let text = Schema(.text(shortest: 0, longest: nil, values: []))

  package static func integer(_ range: ClosedRange<Int>) -> Schema {
    Schema(.integer(least: range.lowerBound, most: range.upperBound))
  }
  package static func text(length: ClosedRange<Int>) -> Schema {
    Schema(.text(shortest: length.lowerBound, longest: length.upperBound, values: []))
  }
  package static func text(oneOf values: [String]) -> Schema {
    Schema(.text(shortest: 0, longest: nil, values: values))
  }
  package static func array(of element: Schema) -> Schema { Schema(.array(element)) }
  package static func map(of value: Schema) -> Schema { Schema(.map(value)) }
  package static func oneOf(_ schemas: Schema...) -> Schema { Schema(.oneOf(schemas)) }
  /// Without a name it is described in place.
  package static func object(
    named name: String? = nil, _ properties: [Property], isOpen: Bool = false
  ) -> Schema {
    var schema = Schema(.object(properties, isOpen: isOpen))
    schema.name = name
    return schema
  }
  /// Any object.
  package static let anyObject = Schema(.object([], isOpen: true))

  package var orNull: Schema {
    var schema = self
    schema.isNullable = true
    return schema
  }

  package func explained(_ explanation: String) -> Schema {
    var schema = self
    schema.explanation = explanation
    return schema
  }
}
