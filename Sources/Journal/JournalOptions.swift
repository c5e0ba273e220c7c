import Pipeline

/// Where the journal lives, what it keeps and for how long.
package struct JournalOptions: Sendable {
  /// How much of a body is kept.
  package enum BodyPolicy: Sendable, Hashable {
    case none
    /// The first `bytes` bytes; the rest is counted.
    case truncated(bytes: Int)
    case full

    /// Bytes kept at most; nil for all.
    var limit: Int? {
      switch self {
      case .none: 0
      case .truncated(let bytes): max(0, bytes)
      case .full: nil
      }
    }
  }

  /// Which exchanges are kept once they ended.
  package enum RequestTypes: String, Sendable, CaseIterable {
    /// Those that did not complete, or needed more than one attempt to.
    case failed
    /// Those that completed.
    case success
    case all
  }

  /// Made when missing; nothing else belongs in it.
  package var directory: String
  /// Of requests, as received and as sent.
  package var requestBody = BodyPolicy.full
  /// Of answers, as received and as sent.
  package var responseBody = BodyPolicy.full
  package var requestTypes = RequestTypes.all
  /// Exchanges older than this are deleted; nil to keep them.
  package var retentionDays: Int? = 30
  /// Segment files together; the oldest go first. Nil for no limit.
  package var retentionBytes: Int? = 2 << 30
  /// Memory of what waits for the writer, in bytes.
  package var queueLimit = 8 << 20
  /// A segment file is closed before it grows beyond this, in bytes.
  package var segmentSize = 64 << 20
  /// What is enqueued is committed this much later at most; less than a second.
  package var commitInterval: Duration = .milliseconds(250)

  package init(directory: String) { self.directory = directory }

  func policy(for part: BodyPart) -> BodyPolicy {
    switch part {
    case .requestReceived, .requestSent: requestBody
    case .responseReceived, .responseTimes, .responseSent: responseBody
    }
  }

  func check() throws(JournalError) {
    func require(_ condition: Bool, _ rule: String) throws(JournalError) {
      if !condition { throw JournalError(.badOption, rule) }
    }
    try require(!directory.isEmpty, "a directory is needed")
    try require(
      commitInterval > .zero && commitInterval < .seconds(1),
      "the commit interval must be more than zero and less than a second")
    try require(queueLimit > 0, "the queue limit must be positive")
    try require(segmentSize > 0, "the segment size must be positive")
    try require((1...36_500).contains(retentionDays ?? 1), "retention must be 1 to 36500 days")
    try require((retentionBytes ?? 0) >= 0, "retention bytes must not be negative")
  }
}
