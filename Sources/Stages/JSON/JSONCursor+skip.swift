extension JSONCursor {
  /// Skips the next value, however deep, checking its grammar. Returns its range.
  @discardableResult
  package mutating func skipValue() throws(JSONError) -> Range<Int> {
    let kind = try peek()
    let start = position
    switch kind {
    case .string: _ = try string()
    case .number: _ = try number()
    case .boolean: _ = try boolean()
    case .null: try skipWord("null")
    case .object, .array: try skipContainer()
    }
    return start..<position
  }

  /// Iterative, so that hostile nesting cannot exhaust the stack: one bit a level says whether it is an object.
  mutating func skipContainer() throws(JSONError) {
    var levels = InlineArray<8, UInt64>(repeating: 0)
    var depth = 0
    repeat {
      let isObject = depth > 0 && levels[(depth - 1) >> 6] >> UInt64((depth - 1) & 63) & 1 == 1
      if depth > 0 {
        let hasMore = isObject ? try nextKey() != nil : try nextElement()
        guard hasMore else {
          depth -= 1
          continue
        }
      }
      switch try peek() {
      case .string: _ = try string()
      case .number: _ = try number()
      case .boolean: _ = try boolean()
      case .null: try skipWord("null")
      case let kind:
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        let bit = UInt64(1) << UInt64(depth & 63)
        if kind == .object {
          try beginObject()
          levels[depth >> 6] |= bit
        } else {
          try beginArray()
          levels[depth >> 6] &= ~bit
        }
        depth += 1
      }
    } while depth > 0
  }
}
