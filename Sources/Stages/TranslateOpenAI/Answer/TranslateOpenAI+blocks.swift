import Pipeline

extension TranslateOpenAI {
  // MARK: Text and reasoning

  /// Takes the next characters of a text: into its block, a new one, or the queue.
  mutating func take(
    _ part: Part, _ fragment: Bytes, hasEscapes: Bool, _ emit: Emit
  ) throws(ProxyFailure) {
    if waiting.isEmpty {
      if current == part { return try write(fragment, hasEscapes: hasEscapes, emit) }
      if canClose {
        // Servers send line ends between thinking and calls: no block for those alone.
        if part == .text, fragment.isBlankJSON { return holdBlank(fragment) }
        return try begin(part, fragment, emit)
      }
    }
    try enqueue(part, fragment)
    try advance(emit)
  }

  /// White space that is text only if more follows.
  private mutating func holdBlank(_ fragment: Bytes) {
    if blank.count < 1024 { blank += fragment }
  }

  /// Closes the open block and opens one that starts with `fragment`.
  mutating func begin(
    _ part: Part, _ fragment: Bytes, _ emit: Emit
  ) throws(ProxyFailure) {
    try close(emit)
    let lead = part == .text ? Bytes(blank) : []
    blank = []
    try open(part, emit)
    try write(lead.isEmpty ? fragment : lead + fragment, hasEscapes: true, emit)
  }

  mutating func write(
    _ fragment: Bytes, hasEscapes: Bool, _ emit: Emit
  ) throws(ProxyFailure) {
    if current == .reasoning {
      reasoning.add(fragment, isHidden: !translation.showsThinking && memory != nil)
      guard translation.showsThinking else { return }
    }
    try message.write(fragment, hasEscapes: hasEscapes, emit)
  }

  // MARK: Calls

  mutating func take(
    _ piece: ChatChunk.CallPiece, of chunk: ChatChunk, _ emit: Emit
  ) throws(ProxyFailure) {
    let place = try place(of: piece, chunk)
    let (fragment, hasEscapes) = calls[place].check(piece.arguments, of: chunk.data)
    if case .object = piece.arguments { findings.repaired(.argumentsKind) }
    if translation.keepsFirstToolCallOnly, place > 0 { return noteDropped() }
    if calls[place].isClosed || calls[place].isHeld && current == .call(place) {
      guard fragment.isBlankJSON else {
        throw findings.failure(.v19, "Something follows the arguments of a tool call")
      }
    } else if current == .call(place) {
      try write(fragment, hasEscapes: hasEscapes, emit)
    } else {
      try wait(place, fragment)
      try advance(emit)
    }
  }

  private mutating func noteDropped() {
    let rule = "parallel_tool_use"
    if findings.report.repairs[rule] == nil { findings.note { $0.repairs[rule] = 1 } }
  }

  /// The call a piece belongs to, with what the piece says of it.
  private mutating func place(
    of piece: ChatChunk.CallPiece, _ chunk: ChatChunk
  ) throws(ProxyFailure) -> Int {
    if piece.isFunctionCall { findings.repaired(.functionCall) }
    if piece.index == nil, !piece.isFunctionCall, !chunk.isWhole { findings.repaired(.missingIndex) }
    let id = piece.id.map { chunk.text($0) }
    let name = piece.name.map { chunk.text($0) }.map { translation.toolNames[$0] ?? $0 }
    let place = calls.place(of: piece, id: id, name: name)
    if place == nil {
      guard calls.count < Self.callLimit else {
        throw findings.failure(.overlappingCalls, "There are more than \(Self.callLimit) tool calls")
      }
      calls.append(ToolCall(index: piece.index))
    }
    let known = place ?? calls.count - 1
    note(piece, id: id, name: name, at: known, chunk)
    return known
  }

  private mutating func note(
    _ piece: ChatChunk.CallPiece, id: String?, name: String?, at place: Int, _ chunk: ChatChunk
  ) {
    if calls[place].id == nil { calls[place].id = id }
    if let extra = piece.extra { calls[place].extra = chunk.data[extra].text }
    guard calls[place].name == nil, let name else { return }
    if !calls[place].buffer.isEmpty { findings.repaired(.lateName) }
    calls[place].name = name
    calls[place].isHeld = facts.isWhole || translation.pythonJSONTools.contains(name)
  }

  // MARK: Blocks

  mutating func open(_ part: Part, _ emit: Emit) throws(ProxyFailure) {
    try startMessage(emit)
    current = part
    switch part {
    case .text: try message.open(.text, emit)
    case .reasoning:
      rememberLateDetails()
      reasoning.open()
      try message.open(.thinking, emit)
    case .call(let place):
      calls[place].clientID = clientID(of: place)
      try message.open(.toolUse(id: calls[place].clientID, name: calls[place].name ?? ""), emit)
    }
  }

  mutating func close(_ emit: Emit) throws(ProxyFailure) {
    let part = current
    current = nil
    switch part {
    case nil: break
    case .text: try message.close(emit)
    case .reasoning:
      let signature = reasoning.close(route: translation.route)
      if let kept = reasoning.toRemember { memory?.remember(reasoningDetails: kept, for: signature) }
      try message.close(signature: signature, emit)
    case .call(let place):
      calls[place].close()
      // Input that the client takes unchecked is its own to judge.
      if calls[place].isWhole || expectation.allowsInvalidToolInput { facts.calls += 1 }
      remember(place)
      try message.close(emit)
    }
  }
}

extension Bytes {
  /// These characters of a JSON string are white space, or none.
  var isBlankJSON: Bool {
    var isEscaped = false
    for byte in self {
      if isEscaped {
        guard [UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t")].contains(byte) else { return false }
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte != 0x20 {
        return false
      }
    }
    return true
  }
}
