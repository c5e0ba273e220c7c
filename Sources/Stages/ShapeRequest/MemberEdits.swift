import Pipeline

/// Changes to the top-level members of a JSON object, made in one pass that leaves all other bytes alone.
///
/// Prompt caches and prefix-bound thinking depend on the exact bytes, so the object is spliced, not printed
/// anew: key order, white space and the spelling of untouched values stay.
struct MemberEdits {
  private enum Change {
    case set(Bytes)
    case delete
  }

  /// Bytes that take the place of a range.
  private struct Splice {
    var range: Range<Int>
    var replacement: Bytes
  }

  private var changes: [String: Change] = [:]
  /// Keys to set, in the order in which missing ones are added.
  private var order: [String] = []

  var isEmpty: Bool { changes.isEmpty }

  /// Sets `key` to a JSON text. The last change of a key counts.
  mutating func set(_ key: String, to json: Bytes) {
    if !order.contains(key) { order.append(key) }
    changes[key] = .set(json)
  }

  /// Removes `key` together with exactly one comma.
  mutating func delete(_ key: String) { changes[key] = .delete }

  /// The changed body, or `body` itself, in the same storage, when nothing changes.
  ///
  /// - Parameters:
  ///   - fields: the members of `body`, in order. Without any there is nothing to edit.
  ///   - addsMembers: whether keys that are not there are appended as the last members.
  func applied(to body: Bytes, fields: [RequestFacts.Field], addsMembers: Bool) -> Bytes {
    let splices = splices(in: body, fields: fields, addsMembers: addsMembers)
    guard !splices.isEmpty else { return body }
    var result: [UInt8] = []
    result.reserveCapacity(body.count + splices.reduce(0) { $0 + $1.replacement.count })
    var copied = body.startIndex
    for splice in splices {
      result += body[copied..<splice.range.lowerBound]
      result += splice.replacement
      copied = splice.range.upperBound
    }
    result += body[copied...]
    return Bytes(result)
  }

  /// Sorted and disjoint.
  private func splices(in body: Bytes, fields: [RequestFacts.Field], addsMembers: Bool) -> [Splice] {
    var splices: [Splice] = []
    var hasKept = false
    for (index, field) in fields.enumerated() {
      switch changes[field.key] {
      case .set(let json):
        hasKept = true
        if body[field.valueRange] != json {
          splices.append(Splice(range: field.valueRange, replacement: json))
        }
      case .delete:
        let range = rangeToDelete(index, of: fields, hasKept: hasKept)
        splices.append(Splice(range: range, replacement: []))
      case nil: hasKept = true
      }
    }
    if addsMembers, let end = fields.last?.valueRange.upperBound {
      let added = addition(to: fields, hasKept: hasKept)
      if !added.isEmpty { splices.append(Splice(range: end..<end, replacement: Bytes(utf8: added))) }
    }
    return splices
  }

  /// The comma before a member goes with it; before the first member that stays, the one after it does.
  private func rangeToDelete(
    _ index: Int, of fields: [RequestFacts.Field], hasKept: Bool
  ) -> Range<Int> {
    let (start, end) = (fields[index].keyRange.lowerBound, fields[index].valueRange.upperBound)
    if hasKept { return fields[index - 1].valueRange.upperBound..<end }
    return index + 1 < fields.count ? start..<fields[index + 1].keyRange.lowerBound : start..<end
  }

  private func addition(to fields: [RequestFacts.Field], hasKept: Bool) -> String {
    let present = Set(fields.map(\.key))
    var text = ""
    for key in order where !present.contains(key) {
      guard case .set(let json) = changes[key] else { continue }
      text += (hasKept || !text.isEmpty ? "," : "") + key.jsonQuoted + ":" + json.text
    }
    return text
  }
}
