import Pipeline

/// What waits for the open call to become whole, and how it all ends (translation.md §6).
extension TranslateOpenAI {
  mutating func enqueue(_ part: Part, _ fragment: Bytes) throws(ProxyFailure) {
    try grow(by: fragment.count)
    if let last = waiting.indices.last, waiting[last].part == part {
      waiting[last].text += fragment
    } else {
      waiting.append((part, Array(fragment)))
    }
  }

  /// Lets a call wait, or adds to one that does.
  mutating func wait(_ place: Int, _ fragment: Bytes) throws(ProxyFailure) {
    try grow(by: fragment.count)
    calls[place].hold(fragment)
    guard !waiting.contains(where: { $0.part == .call(place) }) else { return }
    if case .call = current, !canClose { findings.repaired(.overlappingCalls) }
    waiting.append((.call(place), []))
  }

  private mutating func grow(by size: Int) throws(ProxyFailure) {
    waitingSize += size
    guard waitingSize <= Self.waitingLimit, waiting.count < Self.partLimit else {
      throw findings.failure(
        .overlappingCalls, "Too much waits for the end of a tool call",
        code: .eventTooLarge)
    }
  }

  /// Opens what has waited longest, as far as it can be opened.
  mutating func advance(_ emit: Emit) throws(ProxyFailure) {
    while let next = waiting.first, canClose, isReady(next.part) { try openFirst(emit) }
  }

  /// Whether the open block may end here.
  var canClose: Bool {
    guard case .call(let place) = current else { return true }
    return calls[place].hasObject
  }

  private mutating func isReady(_ part: Part) -> Bool {
    guard case .call(let place) = part else { return true }
    guard calls[place].name != nil else { return false }
    return !calls[place].isHeld || calls[place].hasObject || mend(place)
  }

  /// Mends arguments in Python's notation, for the tools whose calls are written so.
  private mutating func mend(_ place: Int) -> Bool {
    guard let name = calls[place].name, translation.pythonJSONTools.contains(name),
      calls[place].mendPython(isLast: facts.isSettled)
    else { return false }
    findings.note { $0.repairs["python_json", default: 0] += 1 }
    return true
  }

  private mutating func openFirst(_ emit: Emit) throws(ProxyFailure) {
    let next = waiting.removeFirst()
    switch next.part {
    case .text where Bytes(next.text).isBlankJSON:
      waitingSize -= next.text.count
    case .text, .reasoning:
      waitingSize -= next.text.count
      try begin(next.part, Bytes(next.text), emit)
    case .call(let place):
      let text = calls[place].takeBuffer()
      waitingSize = max(0, waitingSize - text.count)
      try begin(next.part, text, emit)
    }
  }

  /// Closes and opens everything that is left, in order; nothing more will come.
  mutating func settle(_ emit: Emit) throws(ProxyFailure) {
    guard !facts.isSettled else { return }
    facts.isSettled = true
    try releaseFilter(emit)
    guard !facts.hasEnded else { return }
    if case .call(let place) = current { try require(place) }
    while let next = waiting.first {
      if case .call(let place) = next.part, !(try admits(place)) {
        waiting.removeFirst()
      } else {
        try openFirst(emit)
      }
    }
    try close(emit)
  }

  /// Whether a call that was never opened is to be. One that the token limit cut is left out.
  private mutating func admits(_ place: Int) throws(ProxyFailure) -> Bool {
    if calls[place].isGhost { return false }
    if calls[place].name == nil {
      guard facts.finish?.cutsCalls != true else { return false }
      throw findings.failure(.lateName, "A tool call has no name", code: endCode)
    }
    if calls[place].isWhole || mend(place) { return true }
    if facts.finish?.cutsCalls == true { return false }
    if facts.isWhole {
      calls[place].wrapInvalid()
      findings.repaired(.unreadableCall)
      return true
    }
    try require(place)
    return true
  }

  /// Fails unless the call may end here.
  private func require(_ place: Int) throws(ProxyFailure) {
    let isExcused =
      facts.finish?.cutsCalls == true || expectation.allowsInvalidToolInput && facts.finish != nil
    guard !calls[place].isWhole, !isExcused else { return }
    throw findings.failure(
      .v19, "The arguments of the call to \(calls[place].name ?? "a tool") are not one JSON object",
      code: endCode)
  }

  /// Half a call at an end without a finish reason was cut; otherwise it is the endpoint's mistake.
  private var endCode: ProxyFailure.Code { facts.finish == nil ? .truncated : .protocolViolation }
}
