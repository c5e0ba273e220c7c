import Admin
package import Journal
package import Pipeline
package import Settings
import Stages

/// The running proxy as the admin side sees it.
extension Gateway: AdminBackend {
  package var version: String { Version.current }
  package var settings: Settings { generation.settings }
  package var generationNumber: Int { generation.number }
  package var graph: StageGraph { generation.flow.graph }
  package var inFlight: [Exchange] { running.all }
  package var journalHealth: JournalHealth { journal.health }
  package var journalQueuedBytes: Int { journal.queuedBytes }

  package func move(_ id: ExchangeID, askedBy asker: String) -> Bool { running.move(id, askedBy: asker) }
}

/// The journal, with what ends in it counted on the way.
struct CountingLog: ExchangeLog {
  let journal: Journal
  let numbers: LiveNumbers

  func begin(_ exchange: ExchangeRecord) { journal.begin(exchange) }

  func body(_ part: BodyPart, of exchange: ExchangeID) -> (any BodyLog)? { journal.body(part, of: exchange) }

  func end(_ attempt: AttemptRecord) {
    numbers.end(attempt)
    journal.end(attempt)
  }

  func end(_ exchange: ExchangeRecord) {
    numbers.end(exchange)
    journal.end(exchange)
  }
}
