import Pipeline

/// What a delta looked like around its payload: nearly all deltas of a block differ in nothing else.
///
/// A delta whose data is the same up to the opening quote of the payload, then one JSON string, then the same to
/// the end, says the same in every other respect: it needs no second reading.
struct DeltaPattern {
  let delta: DeltaType
  /// Up to and with the opening quote.
  private let before: [UInt8]
  /// From the closing quote on, without it.
  private let after: [UInt8]

  /// Nil when the delta has no string as payload.
  init?(_ delta: DeltaType, _ payload: DeltaFields.Payload?, of data: Bytes) {
    guard case .string(let text) = payload else { return nil }
    self.delta = delta
    before = Array(data[..<text.range.lowerBound])
    after = Array(data[(text.range.upperBound + 1)...])
  }

  /// The payload of an event that has this pattern, and the name of a delta.
  func payload(of event: ServerSentEvent) -> JSONString? {
    guard event.name.equals("content_block_delta") else { return nil }
    do throws(JSONError) {
      return try event.data.readJSON { json throws(JSONError) in
        guard json.has(before, at: 0) else { return nil }
        json.offset = before.count - 1
        let text = try json.string()
        return json.offset + after.count == json.count && json.has(after, at: json.offset) ? text : nil
      }
    } catch {
      return nil
    }
  }
}

extension JSONCursor {
  fileprivate func has(_ bytes: [UInt8], at place: Int) -> Bool {
    guard place + bytes.count <= count else { return false }
    return unsafe bytes.withUnsafeBufferPointer {
      unsafe ByteScan.areEqual($0.count, $0.baseAddress, base + place)
    }
  }
}
