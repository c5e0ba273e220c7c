package import Pipeline

/// The events of a stored answer, each with its time, and where the answer broke its protocol.
///
/// Made of the bytes as the endpoint sent them. The violation is found by holding the events to their protocol again,
/// from the first on; where that finds nothing, what the journal noted is shown at the place it names.
package struct EventTimeline: Sendable, Equatable {
  /// Whose events they are.
  package enum Dialect: Sendable { case anthropic, openAI }

  package struct Event: Sendable, Equatable {
    /// From 1 on, as failures count them.
    package var index: Int
    /// Where it begins in the answer, in bytes.
    package var offset: Int
    /// In bytes, its blank line included.
    package var length: Int
    /// When its last byte had come, since the attempt started; nil when no times were kept.
    package var microseconds: Int64?
    /// The value of its `event:` line.
    package var name: String?
    /// What its data calls itself: `type`, or `object` in chunks.
    package var type: String?
    /// What it says, in 120 characters at most. Text of the endpoint: never markup.
    package var summary: String
    package var violation: Violation?
  }

  /// A fault of the answer.
  package struct Violation: Sendable, Equatable {
    /// Such as `V19`.
    package var rule: String?
    package var detail: String

    package init(rule: String?, detail: String) {
      self.rule = rule
      self.detail = detail
    }
  }

  /// In order; empty for an empty answer. An answer that is no event stream is one event, and so is a cut end.
  package private(set) var events: [Event] = []
  package private(set) var violation: Violation?
  /// Where the event with the violation begins, or the end of the answer when what is missing is the violation.
  package private(set) var violationOffset: Int?
  /// The journal has not all of the answer: more may have followed.
  package let isTruncated: Bool

  /// - Parameters:
  ///   - bytes: the answer, as far as it was kept.
  ///   - marks: when they came; empty when that is not known.
  ///   - hasEnd: the attempt is over and all its bytes are here, so that a missing end is a fault.
  ///   - expectation: what the request said about the answer, as far as it is known: its model at least.
  ///   - failure: what the journal says the attempt failed of.
  package init(
    _ bytes: Bytes, marks: [ArrivalMark], hasEnd: Bool, isTruncated: Bool, dialect: Dialect,
    expectation: AnswerExpectation, failure: Violation? = nil
  ) {
    self.isTruncated = isTruncated
    var checker = TimelineChecker(dialect, expectation)
    let times = ArrivalTimes(marks)
    for frame in TimelineFrames.split(bytes) {
      add(frame, times, dialect)
      guard violation == nil, let found = checker.check(frame) else { continue }
      mark(found, at: events.count - 1)
    }
    guard violation == nil else { return }
    if let failure {
      place(failure, end: bytes.count)
    } else if hasEnd, !isTruncated, let found = checker.finish() {
      (violation, violationOffset) = (found, bytes.count)
    }
  }

  private mutating func add(_ frame: TimelineFrames.Frame, _ times: ArrivalTimes, _ dialect: Dialect) {
    let event = frame.event
    let said = EventSummary(event, isEventStream: frame.isEventStream, dialect)
    events.append(
      Event(
        index: events.count + 1, offset: event.offset, length: event.frame.count,
        microseconds: times.time(ofByte: event.offset + event.frame.count - 1),
        name: event.name.isEmpty ? nil : event.name.text, type: said.type, summary: said.text))
  }

  private mutating func mark(_ found: Violation, at index: Int) {
    events[index].violation = found
    violation = found
    violationOffset = events[index].offset
  }

  /// What was found with the request at hand, or is no fault of a single event.
  private mutating func place(_ failure: Violation, end: Int) {
    let place = failure.detail.firstMatch(of: #/\(event (\d+), byte \d+\)/#)
    if let number = place.flatMap({ Int($0.1) }), events.indices.contains(number - 1) {
      mark(failure, at: number - 1)
    } else if events.count == 1, end > 0, failure.rule != nil {
      mark(failure, at: 0)
    } else {
      (violation, violationOffset) = (failure, end)
    }
  }
}

/// When each byte of an answer came.
private struct ArrivalTimes {
  private let marks: [ArrivalMark]

  init(_ marks: [ArrivalMark]) { self.marks = marks }

  /// Of the last mark that is not after the byte.
  func time(ofByte offset: Int) -> Int64? {
    var (low, high) = (0, marks.count)
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : marks[low - 1].microseconds
  }
}
