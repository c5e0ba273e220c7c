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
    body.applying(splices(in: body, fields: fields, addsMembers: addsMembers))
  }

  /// Sorted and disjoint.
  private func splices(in body: Bytes, fields: [RequestFacts.Field], addsMembers: Bool) -> [Splice] {
    let members = fields.map { $0.keyRange.lowerBound..<$0.valueRange.upperBound }
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
        let range = Splice.rangeToRemove(index, of: members, hasKept: hasKept)
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
