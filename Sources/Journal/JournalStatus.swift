/// How the journal does, in the words of a dashboard.
package struct JournalStatus: Sendable, Equatable {
  /// The last write worked and nothing was given up.
  package var isFine: Bool { isWriting && droppedBytes == 0 && droppedRows == 0 }
  /// The last write worked.
  package var isWriting: Bool
  /// Writes that failed since the start.
  package var writeErrors: Int
  /// Bytes of bodies given up since the start.
  package var droppedBytes: Int
  /// Exchanges and attempts given up since the start.
  package var droppedRows: Int
  /// Bytes of bodies that wait to be written.
  package var queuedBytes: Int
  /// Exchanges and attempts that wait for a disk that refused them.
  package var waitingRows: Int
  /// What is wrong, in one sentence; nil while nothing is. Never a secret.
  package var message: String?

  package init(_ health: JournalHealth, queuedBytes: Int) {
    isWriting = health.isWriting
    writeErrors = health.writeErrors
    droppedBytes = health.bodyBytesDropped
    droppedRows = health.rowsLost
    self.queuedBytes = queuedBytes
    waitingRows = health.rowsWaiting
    if !health.isWriting {
      message = "The journal cannot write: \(health.lastError ?? "the reason is not known")."
    } else if health.rowsLost > 0 || health.bodyBytesDropped > 0 {
      message =
        "The journal could not keep up: \(health.bodyBytesDropped) bytes of bodies and \(health.rowsLost) rows are missing."
    }
  }
}
