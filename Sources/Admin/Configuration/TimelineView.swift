import Journal
import Pipeline
import Settings
import Stages

/// The events of one attempt's answer.
struct TimelineView: JSONObject {
  private let timeline: EventTimeline
  private let marks: [ArrivalMark]

  /// Nil when there is no such attempt.
  init?(
    _ reader: JournalReader, _ id: ExchangeID, attempt number: Int, _ settings: Settings
  ) throws(JournalError) {
    let detail = try reader.exchange(id)
    guard let attempt = detail.attempts.first(where: { $0.number == number }) else { return nil }
    let part = BodyPart.responseReceived(attempt: number)
    let body = detail.body(part)
    let bytes = body == nil ? [] : try reader.body(detail.record.id, part)
    marks = try reader.times(of: detail.record.id, attempt: number)
    // An endpoint that is gone since is known by where it was asked.
    let isChat =
      settings.endpoints.first { $0.name == attempt.endpoint }.map { $0.dialect == .openAI }
      ?? attempt.url.contains("/chat/completions")
    let failure = attempt.failureCode.map { code in
      EventTimeline.Violation(rule: attempt.failureRule, detail: attempt.failureDetail ?? code)
    }
    timeline = EventTimeline(
      bytes[...], marks: marks, hasEnd: attempt.failureCode == nil && detail.record.isStreamed,
      isTruncated: body?.isTruncated ?? false, dialect: isChat ? .openAI : .anthropic,
      expectation: AnswerExpectation(model: attempt.model ?? detail.record.model ?? ""), failure: failure)
  }

  struct Event: JSONObject {
    let event: EventTimeline.Event

    static let schemaName = "TimelineEvent"
    static let members: [Member<Event>] = [
      Member("index", "From 1") { $0.event.index }, Member("offset", "In bytes") { $0.event.offset },
      Member("bytes") { $0.event.length },
      Member("at_ms", "When it was whole, since the attempt began") { view in
        view.event.microseconds.map { Double($0) / 1000 }
      },
      Member("name") { $0.event.name }, Member("type") { $0.event.type },
      Member("summary") { $0.event.summary },
      Member("violation") { $0.event.violation.map(Violation.init) },
    ]
  }

  struct Violation: JSONObject {
    let violation: EventTimeline.Violation

    static let schemaName = "Violation"
    static let members: [Member<Violation>] = [
      Member("rule", "Of the protocol, such as V19") { $0.violation.rule },
      Member("detail") { $0.violation.detail },
    ]
  }

  struct Read: JSONObject {
    let mark: ArrivalMark

    static let schemaName = "TimelineRead"
    static let members: [Member<Read>] = [
      Member("offset") { $0.mark.offset }, Member("at_ms") { Double($0.mark.microseconds) / 1000 },
    ]
  }

  static let schemaName = "Timeline"
  static let members: [Member<TimelineView>] = [
    Member("events") { $0.timeline.events.map { Event(event: $0) } },
    Member("reads", "When bytes came") { $0.marks.map { Read(mark: $0) } },
    Member("violation") { $0.timeline.violation.map(Violation.init) },
    Member("violation_offset") { $0.timeline.violationOffset },
    Member("truncated", "The journal has not all of the answer") { $0.timeline.isTruncated },
  ]
}
