/// Why the journal could not be opened, read or exported.
package struct JournalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Value-free: safe to switch over and as a label.
  package enum Code: String, Sendable, CaseIterable {
    /// An option has no sensible meaning.
    case badOption = "bad_option"
    /// The directory or a file in it cannot be made, read or written.
    case fileFailed = "file_failed"
    /// Another process writes to this directory.
    case inUse = "in_use"
    /// SQLite refused.
    case indexFailed = "index_failed"
    /// There is no journal in the directory.
    case noJournal = "no_journal"
    /// No exchange, or no such body.
    case notFound = "not_found"
    /// The beginning of an id fits more than one exchange.
    case ambiguous
    /// Stored bytes are not what was written.
    case damaged
    /// The export would not fit a plain zip file.
    case exportTooLarge = "export_too_large"
  }

  package var code: Code
  /// One sentence for people. Never a secret.
  package var detail: String

  package init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  package var description: String { "journal: \(detail)" }
}
