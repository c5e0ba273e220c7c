import GRDB

/// The schema of the index, as the steps that lead to it. Steps are only ever added.
let indexMigrations: DatabaseMigrator = {
  var migrator = DatabaseMigrator()
  migrator.registerMigration("1 exchanges, attempts, bodies") { db in
    try db.execute(sql: exchangeTable)
    try db.execute(sql: attemptTable)
    try db.execute(sql: bodyBlockTable)
  }
  migrator.registerMigration("2 degradations") { db in
    try db.execute(sql: "ALTER TABLE attempt ADD COLUMN degradations TEXT NOT NULL DEFAULT '[]'")
  }
  migrator.registerMigration("3 continuations") { db in
    try db.execute(
      sql: """
        ALTER TABLE attempt ADD COLUMN continues_at INTEGER;
        ALTER TABLE exchange ADD COLUMN mirrored_attempt INTEGER;
        UPDATE exchange SET mirrored_attempt = attempts;
        """)
  }
  migrator.registerMigration("4 figures") { db in try db.execute(sql: figureIndexes) }
  return migrator
}()

private let reportColumns = """
  answer_model TEXT, message_id TEXT, stop_reason TEXT,
  input_tokens INTEGER, output_tokens INTEGER, cache_creation_tokens INTEGER, cache_read_tokens INTEGER,
  events INTEGER NOT NULL, repairs TEXT NOT NULL, warnings TEXT NOT NULL
  """

private let exchangeTable = """
  CREATE TABLE exchange (
    id TEXT PRIMARY KEY NOT NULL,
    arrived INTEGER NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, query TEXT, peer TEXT NOT NULL,
    session TEXT, tags TEXT NOT NULL, model TEXT, is_streamed INTEGER NOT NULL,
    request_fields TEXT NOT NULL,
    outcome TEXT NOT NULL, status INTEGER, endpoint TEXT, attempts INTEGER NOT NULL,
    failure_code TEXT, failure_stage TEXT, failure_detail TEXT, skipped TEXT NOT NULL,
    first_byte_us INTEGER, first_content_us INTEGER, total_us INTEGER,
    bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
    mirrored_bytes INTEGER NOT NULL,
    \(reportColumns)
  ) WITHOUT ROWID;
  CREATE INDEX exchange_arrived ON exchange (arrived);
  CREATE INDEX exchange_session ON exchange (session, arrived);
  CREATE INDEX exchange_endpoint ON exchange (endpoint, arrived);
  CREATE INDEX exchange_outcome ON exchange (outcome, arrived);
  """

private let attemptTable = """
  CREATE TABLE attempt (
    exchange TEXT NOT NULL, number INTEGER NOT NULL,
    endpoint TEXT NOT NULL, url TEXT NOT NULL, model TEXT, status INTEGER,
    failure_code TEXT, failure_stage TEXT, failure_rule TEXT, failure_detail TEXT,
    decision TEXT NOT NULL,
    request_fields TEXT NOT NULL, response_fields TEXT NOT NULL,
    http_version TEXT, reused_connection INTEGER NOT NULL,
    started_us INTEGER NOT NULL, connect_us INTEGER, first_byte_us INTEGER, first_content_us INTEGER,
    total_us INTEGER, bytes_sent INTEGER NOT NULL, bytes_received INTEGER NOT NULL,
    \(reportColumns),
    PRIMARY KEY (exchange, number)
  ) WITHOUT ROWID;
  CREATE INDEX attempt_endpoint ON attempt (endpoint);
  """

private let bodyBlockTable = """
  CREATE TABLE body_block (
    exchange TEXT NOT NULL, part INTEGER NOT NULL, attempt INTEGER NOT NULL, position INTEGER NOT NULL,
    raw_length INTEGER NOT NULL,
    segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (exchange, part, attempt, position)
  ) WITHOUT ROWID;
  CREATE INDEX body_block_segment ON body_block (segment, offset);
  """

/// Lists, searches and statistics read these alone: a row with its header fields is ten times as long. An index that
/// begins with the key of its table costs little to keep, as rows come in the order of their ids. The indexes before
/// them have no use any more.
private let figureIndexes = """
  DROP INDEX exchange_arrived;
  DROP INDEX exchange_session;
  DROP INDEX exchange_endpoint;
  DROP INDEX exchange_outcome;
  DROP INDEX attempt_endpoint;
  CREATE INDEX exchange_session ON exchange (session);
  CREATE INDEX exchange_figures ON exchange (
    id, arrived, outcome, endpoint, attempts, model, answer_model, session, path, failure_code, failure_detail,
    message_id, first_content_us, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens);
  CREATE INDEX attempt_figures ON attempt (
    exchange, number, endpoint, decision, status, failure_code, failure_detail, model, answer_model,
    first_content_us, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens);
  """
