import HTTPTypes
import Pipeline

extension AttemptRun {
  /// Streams the answer event by event through the chain and the hold-back.
  func stream(_ answer: UpstreamAnswer) async throws(ProxyFailure) {
    var patience = Patience(shaped.request.timeouts, now: exchange.time.now, started: started)
    var batches = answer.stream.through(stage).makeAsyncIterator()
    var ready: [MessageEvent] = []
    var isSettled = false
    let before = exchange.progress.enter(ValidateProtocol.name)
    defer { exchange.progress.enter(before) }
    while true {
      // A whole answer has its own end, and no limit to miss.
      answer.stream.setAlarm(isSettled ? waiting.nextPing : min(patience.deadline, waiting.nextPing))
      guard let batch = try await batches.next(isolation: nil) else { break }
      if !isSettled {
        try patience.note(
          bytes: answer.stream.bytesDelivered, progressed: batch.contains(where: \.isProgress),
          now: exchange.time.now)
        exchange.progress.note(byte: patience.lastBytes, progress: patience.lastProgress)
      }
      if attempt.isAnswerWhole, !isSettled {
        answer.stream.settle(by: exchange.time.now + Patience.grace)
        isSettled = true
      }
      ready.removeAll(keepingCapacity: true)
      for event in batch { try receive(event, into: &ready) }
      if ready.isEmpty {
        try await waiting.pingIfSilent(answer.head)
      } else {
        try await show(ready, of: answer.head)
      }
    }
    try await client.finish()
  }

  private func receive(_ event: MessageEvent, into ready: inout [MessageEvent]) throws(ProxyFailure) {
    guard splice != nil else { return try hold.receive(event, into: &ready) }
    for spliced in splice?.receive(event) ?? [] { try hold.receive(spliced, into: &ready) }
  }

  private func show(_ events: [MessageEvent], of head: UpstreamHead) async throws(ProxyFailure) {
    if record.firstContent == nil {
      try claimClient()
      record.firstContent = elapsed
      // Of the answer as the client sees it: who carries one on is not the first.
      exchange.note { [exchange] record in
        if record.firstContent == nil { record.firstContent = exchange.elapsed }
      }
    }
    if !client.hasHead {
      try await client.begin(status: 200, fields: client.eventStreamFields(from: head))
    }
    partial?.note(events)
    try await client.send(events)
  }

  /// Everything was there before it broke, and a stage only waited for what may stay away: shows the end of it.
  /// False when the chain has no end to give.
  func finishWhole(_ head: UpstreamHead) async -> Bool {
    guard !hold.shown.hasStopReason else { return false }
    var ready: [MessageEvent] = []
    do throws(ProxyFailure) {
      try stage.finish { (event) throws(ProxyFailure) in try receive(event, into: &ready) }
      guard hold.shown.hasEnded else { return false }
      try await show(ready, of: head)
      try await client.finish()
      return true
    } catch {
      return false
    }
  }

  /// The stop reason is known: shows what was held and supplies the missing message_stop.
  func finishAfterStopReason(_ head: UpstreamHead) async throws(ProxyFailure) {
    var ready: [MessageEvent] = []
    hold.finishAfterStopReason(into: &ready)
    // With `failover.commit: complete` this is the first that the client sees.
    try await show(ready, of: head)
    try await client.finish()
  }
}

extension MessageEvent {
  /// Whether it carries the answer on; pings and comments do not.
  fileprivate var isProgress: Bool {
    switch kind {
    case .ping, .other: false
    case .messageStart, .blockStart, .blockDelta, .blockStop, .messageDelta, .messageStop: true
    }
  }
}
