import Pipeline

/// Where the check of an answer stands, and where its findings go: repairs and warnings into the report of the
/// attempt, faults into failures that say the place.
struct Findings: Sendable {
  let stage: StageName
  var attempt: Attempt?
  /// The number of the event looked at; 1 is the first frame of the answer.
  var event = 0
  /// Where that event begins in the answer, in bytes.
  var offset = 0
  /// What was found so far by this stage alone.
  private(set) var report = AnswerReport()

  init(stage: StageName) { self.stage = stage }

  mutating func note(_ change: (inout AnswerReport) -> Void) {
    change(&report)
    attempt?.note(change)
  }

  mutating func repaired(_ rule: ProtocolRule) {
    report.repairs[rule.rawValue, default: 0] += 1
    attempt?.countRepair(rule.rawValue, by: stage)
  }

  mutating func warn(_ rule: ProtocolRule) {
    note { $0.warnings[rule.rawValue, default: 0] += 1 }
  }

  /// A whole thinking block passes.
  func passed(_ thinking: ThinkingFingerprint) { attempt?.onThinking(thinking) }

  /// A fault of the endpoint at the current event; `what` is a clause without its full stop.
  func failure(
    _ rule: ProtocolRule?, _ what: String, code: ProxyFailure.Code = .protocolViolation
  ) -> ProxyFailure {
    ProxyFailure(
      code, origin: .upstream, stage: stage, rule: rule?.rawValue,
      detail: event == 0 ? "\(what)." : "\(what) (event \(event), byte \(offset)).")
  }
}
