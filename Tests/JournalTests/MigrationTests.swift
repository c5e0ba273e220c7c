import GRDB
import Pipeline
import ProxyTesting
import Testing

@testable import Journal

@Suite struct MigrationTests {
  @Test func `a journal of the version before keeps its exchanges`() async throws {
    let directory = TemporaryDirectory()
    var ids: [ExchangeID] = []
    do {
      let before = try JournalFixture(in: directory)
      for _ in 0..<3 {
        ids.append(before.log([.requestReceived: [1]], failedAttempts: 1).id)
        before.time.advance(by: .seconds(1))
      }
      await before.journal.close()
    }
    let index = try DatabaseQueue(path: directory.path + "/index.sqlite")
    try await index.write { db in
      try db.execute(
        sql: """
          DROP INDEX exchange_figures; DROP INDEX exchange_session; DROP INDEX attempt_figures;
          CREATE INDEX exchange_arrived ON exchange (arrived);
          CREATE INDEX exchange_session ON exchange (session, arrived);
          CREATE INDEX exchange_endpoint ON exchange (endpoint, arrived);
          CREATE INDEX exchange_outcome ON exchange (outcome, arrived);
          CREATE INDEX attempt_endpoint ON attempt (endpoint);
          DELETE FROM grdb_migrations WHERE identifier = '4 figures';
          """)
    }
    try index.close()
    let after = try JournalFixture(in: directory)
    #expect(after.journal.notices == [])
    #expect(try after.reader().list().map(\.id) == ids.reversed())
    #expect(try after.reader().failedAttempts(since: 0, limit: 10).count == 3)
  }
}
