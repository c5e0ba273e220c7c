import Pipeline

/// What providers do differently, as far as it is counted or refused here: the ids of the protocol sheet.
enum Quirk: String {
  /// A piece of a tool call has no index.
  case missingIndex = "Q1"
  /// Two calls share an index.
  case sharedIndex = "Q3"
  /// Arguments come before the name of their tool.
  case lateName = "Q4"
  /// Arguments are no string.
  case argumentsKind = "Q5"
  /// A call has no id, or one that Anthropic's API would refuse.
  case unusableID = "Q6"
  /// Calls overlap.
  case overlappingCalls = "Q7"
  /// The finish reason denies the calls that came, or claims calls that did not.
  case wrongFinish = "Q8"
  /// There is no finish reason.
  case missingFinish = "Q9"
  /// The stream ends within its last frame.
  case openEnd = "Q10"
  /// A finish reason of the provider's own, or one that says the answer failed.
  case otherFinish = "Q11"
  case networkFinish = "Q12"
  case overloadedFinish = "Q13"
  /// Reasoning comes in two fields.
  case twoReasonings = "Q15"
  /// `<think>` sections in the text.
  case thinkTags = "Q17"
  /// Content of an unknown kind, or none at all.
  case content = "Q18"
  case errorFrame = "Q21"
  case errorField = "Q22"
  /// What came is no answer.
  case noAnswer = "Q23"
  case errorList = "Q24"
  /// Something other than usage follows the finish reason.
  case contentAfterFinish = "Q25"
  case usage = "Q26"
  /// The provider could not read the model's own call.
  case unreadableCall = "Q42"
  /// The prompt was cut silently.
  case shortPrompt = "Q43"
  /// A tool call was written as text.
  case leakedCall = "Q44"
  case functionCall = "Q49"
}

extension Findings {
  /// Counts a mended quirk once an answer: providers that have one have it in every chunk.
  mutating func repaired(_ quirk: Quirk) {
    guard report.repairs[quirk.rawValue] == nil else { return }
    note { $0.repairs[quirk.rawValue] = 1 }
  }

  /// Counts, once an answer, a quirk that nothing can be done about.
  mutating func warn(_ quirk: Quirk) {
    guard report.warnings[quirk.rawValue] == nil else { return }
    note { $0.warnings[quirk.rawValue] = 1 }
  }

  /// A fault at the current event; `what` is a clause without its full stop.
  func failure(
    _ quirk: Quirk, _ what: String, code: ProxyFailure.Code = .protocolViolation
  ) -> ProxyFailure {
    var failure = self.failure(nil, what, code: code)
    failure.rule = quirk.rawValue
    return failure
  }
}
