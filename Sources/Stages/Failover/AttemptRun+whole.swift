import HTTPTypes
import Pipeline

extension AttemptRun {
  /// The largest answer that is read whole; a message of 128,000 tokens needs about 1 MB.
  private static var wholeLimit: Int { 64 * 1024 * 1024 }
  /// Refusals are short; of a longer one the rest is not worth waiting for.
  private static var refusalLimit: Int { 1024 * 1024 }

  /// A non-streamed message: checked whole before the client sees a byte.
  func wholeMessage(_ answer: UpstreamAnswer) async throws(ProxyFailure) {
    let received = try await collect(answer, limit: Self.wholeLimit)
    let message: Bytes
    switch AnswerFormat.sniff(contentType: answer.head.fields[.contentType], firstBytes: received) {
    case .eventStream:
      message = try accumulate(received)
      attempt.countRepair("V1", by: SniffFormat.name)
    case .json where attempt.expectation.translation != nil:
      message = try accumulate(received)
    case .json, .other:
      keep(received)
      message = try attempt.checkMessage(received)
    }
    record.firstContent = elapsed
    try await sendWhole(message, isUnchanged: message == received, answer: answer)
  }

  /// The answer of `count_tokens`: any JSON object with `input_tokens`.
  func wholeCount(_ answer: UpstreamAnswer) async throws(ProxyFailure) {
    let received = try await collect(answer, limit: Self.refusalLimit)
    keep(received)
    guard TokenCount.isValid(received) else {
      throw ProxyFailure(
        .wrongContentType, origin: .upstream, stage: "validate-protocol", rule: "V3",
        detail: "The answer to count_tokens is no JSON object with input_tokens.")
    }
    try await sendWhole(received, isUnchanged: true, answer: answer)
  }

  /// Any other path: relayed as it comes, committed with its head.
  func relay(_ answer: UpstreamAnswer) async throws(ProxyFailure) {
    var patience = Patience(shaped.request.timeouts, now: exchange.time.now, started: started)
    try await client.begin(
      status: answer.head.status, fields: client.fields(from: answer.head))
    hold.commitToRelay()
    let chunks = answer.stream.makeAsyncIterator()
    var offset = 0
    while true {
      answer.stream.setAlarm(patience.deadline)
      guard let chunk = try await chunks.next(isolation: nil) else { break }
      try patience.note(
        bytes: answer.stream.bytesDelivered, progressed: !chunk.isEmpty, now: exchange.time.now)
      guard !chunk.isEmpty else { continue }
      keep(chunk)
      try await client.send(chunk, sourceOffset: offset)
      offset += chunk.count
    }
    try await client.finish()
  }

  /// The endpoint answered with an error status: reads its words, for the client and for the policy.
  func refusal(_ answer: UpstreamAnswer) async throws(ProxyFailure) -> Missed {
    var body: Bytes = []
    do throws(ProxyFailure) {
      body = try await collect(answer, limit: Self.refusalLimit)
    } catch {
      // The status says enough; words that were cut off are not worth another class of failure.
      if error.origin == .client { throw error }
    }
    keep(body)
    let head = answer.head
    var failure = ProxyFailure(
      .upstreamStatus, origin: .upstream, stage: "call-upstream", httpStatus: head.status,
      detail: "\(attempt.endpoint) answered HTTP \(head.status): \(body.prefix(300).text)")
    var reply = EndpointReply(head: head, body: body)
    if attempt.expectation.translation != nil { translate(&reply, &failure) }
    return Missed(
      endpoint: attempt.endpoint, failure: failure, reply: reply,
      retryAfter: RetryAfter.parse(head.fields, wallMilliseconds: exchange.time.wallMilliseconds),
      forbidsRetry: head.fields[.shouldRetry] == "false")
  }

  /// Says a refusal in Anthropic's words.
  private func translate(_ reply: inout EndpointReply, _ failure: inout ProxyFailure) {
    let error = ChatError(reply.body, status: reply.head.status)
    reply.head.status = error.httpStatus
    reply.head.fields[.contentType] = "application/json"
    reply.body = error.body
    // The model's own call was at fault: another answer may be a better one (Q42).
    if error.isUnreadableCall {
      failure = ProxyFailure(
        .protocolViolation, origin: .upstream, stage: ValidateChunk.name, rule: "Q42", detail: failure.detail)
    }
  }

  private func collect(_ answer: UpstreamAnswer, limit: Int) async throws(ProxyFailure) -> Bytes {
    var patience = Patience(shaped.request.timeouts, now: exchange.time.now, started: started)
    let chunks = answer.stream.makeAsyncIterator()
    var body: [UInt8] = []
    while true {
      answer.stream.setAlarm(min(patience.deadline, client.hasHead ? waiting.nextPing : .distantFuture))
      guard let chunk = try await chunks.next(isolation: nil) else { return Bytes(body) }
      try patience.note(
        bytes: answer.stream.bytesDelivered, progressed: !chunk.isEmpty, now: exchange.time.now)
      if chunk.isEmpty, client.hasHead { try await waiting.pingIfSilent(nil) }
      body += chunk
      guard body.count <= limit else {
        throw ProxyFailure(
          .eventTooLarge, origin: .upstream, stage: "call-upstream",
          detail: "The answer is larger than \(limit >> 20) MiB.")
      }
    }
  }

  /// What the chain makes of an answer, as one JSON message: of events in its place (the reverse of V1), or of
  /// another dialect's JSON.
  private func accumulate(_ received: Bytes) throws(ProxyFailure) -> Bytes {
    var message = AccumulateMessage()
    let take = { (event: MessageEvent) throws(ProxyFailure) in try message.receive(event) }
    do throws(ProxyFailure) {
      try stage.receive(received, take)
      try stage.finish(take)
    } catch {
      // The message is whole: what broke after its end is nobody's loss.
      guard message.hasEnded else { throw error }
    }
    return try message.finish()
  }

  private func keep(_ bytes: Bytes) {
    let log = exchange.log.body(.responseReceived(attempt: attempt.number), of: exchange.id)
    log?.append(bytes, after: elapsed.nanoseconds / 1000)
  }

  private func sendWhole(
    _ body: Bytes, isUnchanged: Bool, answer: UpstreamAnswer
  ) async throws(ProxyFailure) {
    var fields = client.fields(from: answer.head)
    fields[.contentType] = "application/json"
    fields[.contentLength] = String(body.count)
    try claimClient()
    hold.commitToRelay()
    try await client.begin(status: 200, fields: fields)
    exchange.note { [exchange] record in record.firstContent = exchange.elapsed }
    try await client.send(body, sourceOffset: isUnchanged ? 0 : nil)
    try await client.finish()
  }
}
