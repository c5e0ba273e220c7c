import HTTPTypes
import Synchronization

/// The id of an exchange: sorts by time, unique per installation. Shown to the client as `x-companion-request-id`.
package struct ExchangeID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  package init(text: String) { self.text = text }

  /// Begins anywhere and steps through all 36-bit numbers: each is met once before any comes again, and no system
  /// call is needed for the next.
  private static let sequence = Atomic<UInt64>(.random(in: 0...UInt64.max))

  /// 11 hexadecimal digits of milliseconds since 1970, then 9 that look random.
  package init(wallMilliseconds: Int64) {
    let time = UInt64(clamping: wallMilliseconds)
    // An odd step near the golden ratio of 2^36.
    let random = Self.sequence.wrappingAdd(0x9_E377_9B97, ordering: .relaxed).newValue
    text = unsafe String(unsafeUninitializedCapacity: 20) { digits in
      for index in 0..<20 {
        let value = index < 11 ? time >> (40 - 4 * index) : random >> (4 * (index - 11))
        let digit = UInt8(truncatingIfNeeded: value & 0xF)
        unsafe digits[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
      }
      return 20
    }
  }

  package var description: String { text }
}

/// Token counts of an answer, nil where the endpoint did not say.
package struct TokenUsage: Sendable, Equatable {
  package var input: Int?
  package var output: Int?
  package var cacheCreation: Int?
  package var cacheRead: Int?

  package init(input: Int? = nil, output: Int? = nil, cacheCreation: Int? = nil, cacheRead: Int? = nil) {
    self.input = input
    self.output = output
    self.cacheCreation = cacheCreation
    self.cacheRead = cacheRead
  }
}

/// What the validator learnt about an answer while it passed.
package struct AnswerReport: Sendable, Equatable {
  package var model: String?
  package var messageID: String?
  package var stopReason: String?
  package var usage = TokenUsage()
  package var events = 0
  /// Rule id (`V10`) → how often it was mended.
  package var repairs: [String: Int] = [:]
  /// Rule id → how often it was broken without need to act.
  package var warnings: [String: Int] = [:]

  package init() {}
}

/// One request of a client, from arrival to the last byte of its answer.
package struct ExchangeRecord: Sendable {
  package enum Outcome: String, Sendable, CaseIterable {
    /// Still running, or the process died meanwhile.
    case open
    /// One whole, valid answer was delivered.
    case completed
    /// The client got an honest failure: an error status, an error event or a dropped connection.
    case failed
    /// The client left first.
    case cancelled
  }

  package var id: ExchangeID
  /// Milliseconds since 1970.
  package var arrived: Int64
  package var method: String
  package var path: String
  /// Without credentials (`redactedQuery`).
  package var query: String?
  package var peer: String
  package var session: String?
  package var tags: [String] = []
  package var model: String?
  package var isStreamed = false
  /// Redacted by the writer of the record: never a credential.
  package var requestFields: [(name: String, value: String)] = []
  package var outcome = Outcome.open
  /// The status the client got; nil when the connection ended before a head.
  package var status: Int?
  /// The endpoint that served the answer.
  package var endpoint: String?
  package var attempts = 0
  package var failureCode: String?
  package var failureStage: String?
  package var failureDetail: String?
  /// Endpoints that were not asked and why, as `name: reason`.
  package var skipped: [String] = []
  /// Since arrival.
  package var firstByte: Duration?
  package var firstContent: Duration?
  package var total: Duration?
  package var bytesIn = 0
  package var bytesOut = 0
  /// The first so many bytes of the client's answer are those that `mirroredAttempt` received; only what follows
  /// is kept as `.responseSent`.
  package var mirroredBytes = 0
  /// The number of that attempt; 0 when there is none.
  package var mirroredAttempt = 0
  package var report = AnswerReport()

  package init(id: ExchangeID, arrived: Int64, request: ClientRequest) {
    self.id = id
    self.arrived = arrived
    method = request.method.rawValue
    path = request.path
    query = request.query.map(redactedQuery)
    peer = request.peer
    bytesIn = request.body.count
  }
}

/// One try at one endpoint within an exchange.
package struct AttemptRecord: Sendable {
  package var exchange: ExchangeID
  /// 1, 2, 3, … within the exchange.
  package var number: Int
  package var endpoint: String
  /// Without credentials (`redactedURL`).
  package var url: String
  /// The model name the endpoint was asked for.
  package var model: String?
  package var status: Int?
  package var failureCode: String?
  package var failureStage: String?
  package var failureRule: String?
  package var failureDetail: String?
  /// What the policy made of it: `served`, `next endpoint`, `same endpoint`,
  /// `same endpoint without thinking`, `same endpoint without parameter`, `to client`, `dropped`, `cancelled`,
  /// `carried on elsewhere`.
  package var decision = ""
  /// What the endpoint got in a weaker form than the client sent it, or not at all, as `code at place`.
  package var degradations: [String] = []
  /// Set when it carries on an answer that was cut: the client had so many bytes of it by then.
  package var continuesAt: Int?
  package var requestFields: [(name: String, value: String)] = []
  package var responseFields: [(name: String, value: String)] = []
  package var httpVersion: String?
  package var reusedConnection = false
  /// Since the exchange arrived.
  package var started: Duration = .zero
  /// Since the attempt started.
  package var connect: Duration?
  package var firstByte: Duration?
  package var firstContent: Duration?
  package var total: Duration?
  package var bytesSent = 0
  package var bytesReceived = 0
  package var report = AnswerReport()

  package init(exchange: ExchangeID, number: Int, endpoint: String, url: String) {
    self.exchange = exchange
    self.number = number
    self.endpoint = endpoint
    self.url = redactedURL(url)
  }
}

/// Which body a piece of bytes belongs to.
package enum BodyPart: Hashable, Sendable {
  /// As the client sent it, after content decoding.
  case requestReceived
  /// As an attempt sent it; written only where it differs from what was received.
  case requestSent(attempt: Int)
  /// As an endpoint answered, before any check.
  case responseReceived(attempt: Int)
  /// When those bytes came, as `ArrivalMarks` writes it; kept with them and as far as they are.
  case responseTimes(attempt: Int)
  /// As the client got it; only what follows `ExchangeRecord.mirroredBytes`.
  case responseSent
}

/// The write side of the journal as the flow sees it. No call ever blocks or throws.
package protocol ExchangeLog: Sendable {
  /// An exchange arrived.
  func begin(_ exchange: ExchangeRecord)
  /// Where the bytes of a body go: the same place whenever it is asked for. Nil when the body is not kept.
  func body(_ part: BodyPart, of exchange: ExchangeID) -> (any BodyLog)?
  /// An attempt ended.
  func end(_ attempt: AttemptRecord)
  /// The exchange ended; no call for it, or for its bodies, follows.
  func end(_ exchange: ExchangeRecord)
}

extension ExchangeLog {
  /// The next bytes of a body. Who has many to come asks for the body once.
  package func append(_ bytes: Bytes, to part: BodyPart, of exchange: ExchangeID) {
    body(part, of: exchange)?.append(bytes)
  }
}

/// One body of an exchange, on its way into the journal.
package protocol BodyLog: AnyObject, Sendable {
  /// Takes a copy of the next bytes. Dropped with a visible mark when the journal cannot keep up.
  func append(_ bytes: Bytes)
  /// The same for bytes of an answer, which came so many microseconds after their attempt began.
  func append(_ bytes: Bytes, after microseconds: Int64)
}
