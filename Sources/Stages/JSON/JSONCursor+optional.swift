/// Reading of fields whose type may be wrong: whatever is not of the wanted kind is skipped.
extension JSONCursor {
  /// The next value if it is a string.
  package mutating func stringOrSkip() throws(JSONError) -> JSONString? {
    try isNext(.string) ? try string() : nil
  }

  /// The next value if it is an integer.
  package mutating func integerOrSkip() throws(JSONError) -> Int? {
    try isNext(.number) ? try integer() : nil
  }

  /// The next value if it is a boolean.
  package mutating func booleanOrSkip() throws(JSONError) -> Bool? {
    try isNext(.boolean) ? try boolean() : nil
  }

  /// Opens the next value if it is an object.
  package mutating func beginObjectOrSkip() throws(JSONError) -> Bool {
    guard try isNext(.object) else { return false }
    try beginObject()
    return true
  }

  /// Opens the next value if it is an array.
  package mutating func beginArrayOrSkip() throws(JSONError) -> Bool {
    guard try isNext(.array) else { return false }
    try beginArray()
    return true
  }

  private mutating func isNext(_ kind: JSONKind) throws(JSONError) -> Bool {
    if try peek() == kind { return true }
    try skipValue()
    return false
  }
}
