extension Settings {
  /// What is written to the log, and what of the exchanges to the journal.
  package struct Logging: Sendable, Equatable {
    /// What is worth a line; everything after it too.
    package enum Level: String, Sendable, CaseIterable { case debug, info, warn, error }
    /// How a line is written.
    package enum Format: String, Sendable, CaseIterable { case text, json }
    /// Which exchanges the journal keeps.
    package enum RequestTypes: String, Sendable, CaseIterable { case failed, success, all }

    /// How much of a body the journal keeps.
    package enum BodyPolicy: Sendable, Equatable {
      case none
      /// The first `limit` bytes, with a mark.
      case truncated(limit: Int)
      case full
    }

    package var level = Level.info
    package var format = Format.text
    /// Where the journal lives; relative to the working directory.
    package var directory = "./logs"
    package var requestTypes = RequestTypes.all
    package var requestBody = BodyPolicy.truncated(limit: 1024)
    package var responseBody = BodyPolicy.truncated(limit: 1024)
    /// Exchanges older than this are deleted; nil keeps them.
    package var retentionDays: Int? = 30
    /// The oldest exchanges are deleted above this many bytes; nil keeps them.
    package var retentionBytes: Int? = 2 << 30

    package init() {}
  }
}

extension Settings.Logging {
  init(_ map: Mapping) {
    level = map["level"]?.choice() ?? level
    format = map["format"]?.choice() ?? format
    directory = map["log_directory"]?.filledText() ?? directory
    requestTypes = map["log_request_types"]?.choice() ?? requestTypes
    let limit = map["truncate_bytes"]?.byteCount(in: 1...(1 << 30)) ?? 1024
    requestBody = BodyPolicy(map["log_request_body"]?.choice() ?? .truncated, limit: limit)
    responseBody = BodyPolicy(map["log_response_body"]?.choice() ?? .truncated, limit: limit)
    if let days = map["retention_days"]?.integer(in: 0...36500) { retentionDays = days == 0 ? nil : days }
    if let bytes = map["retention_bytes"]?.byteCount(in: 0...(1 << 50)) {
      retentionBytes = bytes == 0 ? nil : bytes
    }
  }

  func outline(_ out: inout Outline) {
    out.plain("level", level.rawValue)
    out.plain("format", format.rawValue)
    out.text("log_directory", directory)
    out.plain("log_request_types", requestTypes.rawValue)
    out.plain("log_request_body", requestBody.word.rawValue)
    out.plain("log_response_body", responseBody.word.rawValue)
    out.plain("truncate_bytes", requestBody.limit ?? responseBody.limit ?? 1024)
    out.plain("retention_days", retentionDays ?? 0)
    out.plain("retention_bytes", retentionBytes ?? 0)
  }
}

extension Settings.Logging.BodyPolicy {
  fileprivate enum Word: String, CaseIterable { case none, truncated, full }

  fileprivate init(_ word: Word, limit: Int) {
    switch word {
    case .none: self = .none
    case .truncated: self = .truncated(limit: limit)
    case .full: self = .full
    }
  }

  fileprivate var word: Word {
    switch self {
    case .none: .none
    case .truncated: .truncated
    case .full: .full
    }
  }

  fileprivate var limit: Int? {
    switch self {
    case .truncated(let limit): limit
    case .none, .full: nil
    }
  }
}
