import HTTPTypes
import Pipeline

extension AttemptRun {
  /// Streams the answer event by event through the chain and the hold-back.
  func stream(_ answer: UpstreamAnswer) async throws(ProxyFailure) {
    var patience = Patience(shaped.request.timeouts, now: exchange.time.now, started: started)
    var batches = answer.stream.through(stage).makeAsyncIterator()
    var ready: [MessageEvent] = []
    var isSettled = false
    while true {
      answer.stream.setAlarm(min(patience.deadline, client.nextPing))
      guard let batch = try await batches.next(isolation: nil) else { break }
      try patience.note(
        bytes: answer.stream.bytesDelivered, progressed: batch.contains(where: \.isProgress),
        now: exchange.time.now)
      if attempt.isAnswerWhole, !isSettled {
        answer.stream.settle(by: exchange.time.now + Patience.grace)
        isSettled = true
      }
      ready.removeAll(keepingCapacity: true)
      for event in batch { try receive(event, into: &ready) }
      if ready.isEmpty {
        try await client.pingIfSilent(answer.head)
      } else {
        try await show(ready, of: answer)
      }
    }
    try await client.finish()
  }

  private func receive(_ event: MessageEvent, into ready: inout [MessageEvent]) throws(ProxyFailure) {
    guard splice != nil else { return try hold.receive(event, into: &ready) }
    for spliced in splice?.receive(event) ?? [] { try hold.receive(spliced, into: &ready) }
  }

  private func show(_ events: [MessageEvent], of answer: UpstreamAnswer) async throws(ProxyFailure) {
    if record.firstContent == nil {
      record.firstContent = elapsed
      exchange.note { [exchange] record in record.firstContent = exchange.elapsed }
    }
    if !client.hasHead {
      try await client.begin(status: 200, fields: client.eventStreamFields(from: answer.head))
    }
    partial?.note(events)
    try await client.send(events)
  }

  /// The stop reason is known: shows what was held and supplies the missing message_stop.
  func finishAfterStopReason() async throws(ProxyFailure) {
    var ready: [MessageEvent] = []
    hold.finishAfterStopReason(into: &ready)
    try await client.send(ready)
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
