import Pipeline

/// The tool calls of an answer, in the order of their first pieces.
extension [ToolCall] {
  /// Every call has a whole object for its input, and there is one.
  var areFinished: Bool { !isEmpty && allSatisfy(\.hasObject) }

  /// The call that a piece goes on with; nil when it begins another (Q1, Q3, Q4, Q7).
  ///
  /// - Parameter name: as the client knows it.
  func place(of piece: ChatChunk.CallPiece, id: String?, name: String?) -> Int? {
    if let index = piece.index {
      guard let place = lastIndex(where: { $0.index == index }) else { return nil }
      let hasArguments = piece.arguments != .none
      return self[place].isFollowed(id: id, name: name, hasArguments: hasArguments) ? nil : place
    }
    if let id, let place = lastIndex(where: { $0.id == id }) { return place }
    guard let last = indices.last else { return nil }
    guard id != nil || name != nil else {
      return piece.isAlone ? last : Swift.min(piece.position, last)
    }
    let call = self[last]
    // What was missing comes late (Q4), or a name is repeated with every piece of its arguments (Q3).
    if id != nil { return call.id == nil && (call.name == nil || name == nil) ? last : nil }
    return call.name == nil || call.name == name && !call.isWhole && piece.isAlone ? last : nil
  }
}

extension ToolCall {
  /// Whether a piece with this call's number begins another call all the same.
  fileprivate func isFollowed(id: String?, name: String?, hasArguments: Bool) -> Bool {
    guard let name, let known = self.name else { return false }
    if let id, let other = self.id { return id != other }
    return name != known || hasArguments && hasObject
  }
}
