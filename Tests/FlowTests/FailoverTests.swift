import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Faults before the client has seen anything: the second endpoint's answer is all it ever gets.
@Suite(.timeLimit(.minutes(2))) struct FailoverTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var script: ScriptedUpstream.Script
    /// Tries at the first endpoint before the second one is asked.
    var tries = 2
    var code: ProxyFailure.Code
    var rule: String?
  }

  static let held: [Bytes] = [Answers.start(), Answers.ping, Answers.textStart]

  /// Frames of which a client may see nothing yet, then `rest`.
  static func held(_ rest: [Bytes]) -> [Bytes] { held.prefix(2) + rest }

  static func broken(
    _ name: String, _ frames: [Bytes], rule: String, _ code: ProxyFailure.Code = .protocolViolation
  )
    -> Fault
  {
    Fault(testDescription: name, script: Answers.whole(frames), code: code, rule: rule)
  }

  static let faults: [Fault] =
    [
      Fault(testDescription: "closed without an answer", script: [.close], code: .connectionLost),
      Fault(testDescription: "reset without an answer", script: [.reset], code: .connectionLost),
      Fault(
        testDescription: "closed after the head", script: [Answers.head, .close], code: .truncated),
      Fault(
        testDescription: "a web page with status 200",
        script: [
          .head(200, ["content-type": "text/html", "content-length": "13"]),
          .raw(Bytes(utf8: "<html></html>")),
        ],
        tries: 1, code: .wrongContentType, rule: "V1"),
      Fault(
        testDescription: "an error as JSON with status 200",
        script: [
          .head(200, ["content-type": "application/json", "content-length": "65"]),
          .raw(Bytes(utf8: #"{"type":"error","error":{"type":"overloaded_error","message":""}}"#)),
        ], tries: 1, code: .errorEvent),
      Fault(
        testDescription: "an error event first", script: Answers.whole([Answers.overloaded]), tries: 1,
        code: .errorEvent, rule: "V35"),
      Fault(testDescription: "an empty stream", script: Answers.whole([]), code: .truncated),
      broken("content before message_start", [Answers.textStart], rule: "V7"),
      broken(
        "content of message_start that is no list",
        [Bytes(utf8: Answers.start().text.replacing(#""content":[]"#, with: #""content":{}"#))], rule: "V9",
        .malformedEvent),
      Fault(
        testDescription: "an answer without content that counts no tokens",
        script: Answers.whole([
          Answers.start(),
          Bytes(utf8: Answers.stopReason("end_turn").text.replacing("12", with: "0")), Answers.messageStop,
        ]), tries: 1, code: .emptyAnswer, rule: "V39"),
      Fault(
        testDescription: "a body shorter than its length",
        script: [
          .head(200, ["content-type": "text/event-stream", "content-length": "5000"]), .raw(Answers.start()),
          .close,
        ], code: .truncated, rule: "V38"),
      Fault(
        testDescription: "plain text that calls itself gzip",
        script: [
          .head(
            200,
            [
              "content-type": "text/event-stream", "content-encoding": "gzip",
              "transfer-encoding": "chunked",
            ]),
          .chunk(Answers.start()), .end,
        ], code: .undecodableBody),
      Fault(
        testDescription: "the connection cut inside tool input",
        script: Answers.cut(
          [Answers.start(), Answers.toolStart(0), Answers.toolJSON(#"{"a":"#, 0)], after: 3, by: .reset),
        code: .connectionLost),
    ]
    + Violation.all.map { violation in
      Fault(
        testDescription: violation.testDescription, script: Answers.whole(held(violation.frames(0))),
        tries: violation.code == .errorEvent ? 1 : 2, code: violation.code, rule: violation.rule)
    }
    + [401, 402, 403, 404, 408, 409, 429, 529].map { status in
      Fault(
        testDescription: "HTTP \(status)", script: Answers.status(status, "some_error"), tries: 1,
        code: .upstreamStatus)
    }
    + [500, 501, 502, 503, 504].map { status in
      Fault(
        testDescription: "HTTP \(status)", script: Answers.status(status, "api_error"), code: .upstreamStatus)
    }

  // regressions.md 28 and 30
  @Test(arguments: faults)
  func `a fault before content is invisible`(_ fault: Fault) async throws {
    let frames = Answers.textFrames("from the second")
    let first = try ScriptedUpstream(fault.script)
    let second = try ScriptedUpstream(Answers.whole(frames))
    try await withFlow(first, second) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 200 && reply.isWhole)
      #expect(reply.body.text == Answers.joined(frames))
      #expect(first.received.count == fault.tries && second.received.count == 1)
      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .completed && journaled.record.endpoint == "second")
      #expect(
        journaled.attempts.map(\.endpoint) == Array(repeating: "first", count: fault.tries) + ["second"])
      for attempt in journaled.attempts.dropLast() {
        #expect(attempt.failureCode == fault.code.rawValue)
        if let rule = fault.rule { #expect(attempt.failureRule == rule) }
      }
      #expect(journaled.attempts.last?.decision == "served")
    }
  }

  @Test(arguments: faults)
  func `with no other endpoint the same fault is an honest error`(_ fault: Fault) async throws {
    let only = try ScriptedUpstream(fault.script)
    try await withFlow(only) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status >= 400 && reply.isWhole)
      #expect(reply.body.text.contains(#""type":"error""#))
      if fault.code == .upstreamStatus, case .raw(let words) = fault.script[1] {
        #expect(reply.body == words)
        #expect(reply.head.contains("req_s"))
      }
      let journaled1 = try await flow.journaled()
      #expect(journaled1.record.outcome == .failed)
    }
  }

  @Test func `a connection that is refused goes to the next endpoint`() async throws {
    let first = try ScriptedUpstream([.close])
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames("x")))
    try await withFlow(first, second) {
      // A port that was free a moment ago may be another test's by now; nobody listens on this one.
      $0.endpoints[0].url = "http://127.0.0.1:1"
    } _: { flow in
      let answer2 = try await flow.ask().reply()
      #expect(answer2.status == 200)
      let journaled3 = try await flow.journaled()
      #expect(journaled3.attempts.map(\.failureCode) == ["connect_failed", "connect_failed", nil])
    }
  }

  @Test(arguments: [400, 413, 422, 431, 499])
  func `a fault of the request itself goes to the client unmodified`(_ status: Int) async throws {
    let script = Answers.status(status, "invalid_request_error")
    let first = try ScriptedUpstream(script)
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames("x")))
    try await withFlow(first, second) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == status && reply.body.text.contains("scripted \(status)"))
      #expect(second.received.isEmpty)
    }
  }

  @Test(arguments: [400, 413, 422, 431, 499])
  func `and the same when there is no other endpoint`(_ status: Int) async throws {
    let script = Answers.status(status, "invalid_request_error")
    try await withFlow(try ScriptedUpstream(script)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == status && reply.isWhole)
      guard case .raw(let words) = script[1] else { return }
      #expect(reply.body == words)
    }
  }

  @Test func `the switch of the predecessor sends it to the next endpoint`() async throws {
    let first = try ScriptedUpstream(Answers.status(400, "invalid_request_error"))
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames("x")))
    try await withFlow(first, second) {
      $0.failover.switchOnClientErrors = true
    } _: { flow in
      let answer4 = try await flow.ask().reply()
      #expect(answer4.status == 200)
    }
  }

  @Test func `a silent endpoint is left when its limit is reached`() async throws {
    let stalled = try ScriptedUpstream([Answers.head, .chunk(Answers.start()), .wait(Gate())])
    let frames = Answers.textFrames("x")
    let second = try ScriptedUpstream(Answers.whole(frames))
    try await withFlow(stalled, second) { settings in
      settings.endpoints[0].timeouts.idle = .seconds(10)
    } _: { flow in
      let client = try flow.ask()
      await flow.time.waitUntilSomethingIsDue(within: .seconds(10))
      flow.time.advance(by: .seconds(10))
      #expect(await client.reply().body.text == Answers.joined(frames))
      let journaled5 = try await flow.journaled()
      #expect(journaled5.attempts.map(\.failureCode) == ["idle_timeout", nil])
    }
  }

  @Test func `an endpoint that never answers is left at the first-byte limit`() async throws {
    let silent = try ScriptedUpstream([.wait(Gate())])
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames("x")))
    try await withFlow(silent, second) { flow in
      let client = try flow.ask()
      await flow.time.waitUntilSomethingIsDue(within: .seconds(70))
      flow.time.advance(by: .seconds(70))
      #expect(await client.reply().status == 200)
      let journaled6 = try await flow.journaled()
      #expect(journaled6.attempts.first?.failureCode == "first_byte_timeout")
    }
  }

  @Test func `the most useful answer is forwarded when all fail`() async throws {
    let first = try ScriptedUpstream(Answers.status(429, "rate_limit_error", fields: ["retry-after": "7"]))
    let second = try ScriptedUpstream(Answers.status(500, "api_error"))
    try await withFlow(first, second) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 429 && reply.head.lowercased().contains("retry-after: 7"))
    }
  }
}
