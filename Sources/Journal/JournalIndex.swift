import GRDB
import Pipeline

/// One change of the index; the changes of a batch are one transaction.
enum IndexChange: Sendable {
  /// At its beginning and again at its end.
  case exchange(ExchangeRow)
  case attempt(AttemptRow)
  case block(BlockRow)
  /// The exchange ended and is not wanted.
  case forget(ExchangeID)
}

/// The write side of the SQLite index.
final class JournalIndex {
  /// Marks the file as ours (`CCJ1`).
  static let applicationID = 0x4343_4A31

  private let database: DatabaseQueue
  /// The file was empty.
  let isNew: Bool

  /// Opens the index at `path`, which exists, and brings its schema up to date.
  ///
  /// Throws `damaged` when the file is broken or somebody else's, before anything is written to it.
  init(path: String) throws(JournalError) {
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(1)
      configuration.foreignKeysEnabled = false
      database = try DatabaseQueue(path: path, configuration: configuration)
      isNew = try database.writeWithoutTransaction { db in
        let isNew = try Self.claim(db)
        try db.execute(sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
        return isNew
      }
      try indexMigrations.migrate(database)
    } catch let error as DatabaseError {
      throw Self.error(for: error)
    } catch let error as JournalError {
      throw error
    } catch {
      throw JournalError(.indexFailed, "cannot open \(path): \(error)")
    }
  }

  /// Applies all changes or none, with a rest between them where one is due.
  func apply(_ changes: [IndexChange], _ rest: Rest? = nil) throws(JournalError) {
    try write { db in
      for change in changes {
        rest?.letOthersRun()
        switch change {
        case .exchange(let row): try row.insert(db)
        case .attempt(let row): try row.insert(db)
        case .block(let row): try row.insert(db)
        case .forget(let id): try Self.delete(db, exchanges: "id = ?", [id.text])
        }
      }
    }
  }

  /// Deletes the exchanges that fit `condition`, a condition on the columns of `exchange`, with all they have.
  static func delete(
    _ db: Database, exchanges condition: String, _ arguments: StatementArguments
  ) throws {
    // The condition may look at the very rows that go, so it is asked once, before.
    let ids = try String.fetchAll(db, sql: "SELECT id FROM exchange WHERE \(condition)", arguments: arguments)
    for (table, column) in [("attempt", "exchange"), ("body_block", "exchange"), ("exchange", "id")] {
      let statement = try db.cachedStatement(sql: "DELETE FROM \(table) WHERE \(column) = ?")
      for id in ids { try statement.execute(arguments: [id]) }
    }
  }

  /// Runs `body` in one transaction.
  func write<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
    do {
      return try database.write(body)
    } catch let error as DatabaseError {
      throw Self.error(for: error)
    } catch {
      throw JournalError(.indexFailed, "\(error)")
    }
  }

  func close() throws(JournalError) {
    do { try database.close() } catch { throw JournalError(.indexFailed, "\(error)") }
  }

  /// Checks that the file is ours and whole, or makes an empty one ours; true if it was empty.
  private static func claim(_ db: Database) throws -> Bool {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
    if application == 0, try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 {
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      return true
    }
    guard application == applicationID else {
      throw JournalError(.damaged, "it is not a journal index")
    }
    let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard verdict == "ok" else { throw JournalError(.damaged, "it is damaged (\(verdict))") }
    guard try !indexMigrations.hasBeenSuperseded(db) else {
      throw JournalError(.damaged, "a newer version of this program made it")
    }
    return false
  }

  private static func error(for error: DatabaseError) -> JournalError {
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR:
      JournalError(.damaged, "it is damaged (\(error.message ?? "no message"))")
    default: JournalError(.indexFailed, error.message ?? "SQLite error \(error.resultCode.rawValue)")
    }
  }
}
