import Admin
import Foundation
import HTTPTypes
import Journal
import Logging
import Pipeline
import ProxyTesting
import Settings
import Stages
import Synchronization

/// A proxy of which the admin side sees what the test says.
final class FakeBackend: AdminBackend {
  let manualTime = ManualTime()
  let health: EndpointHealth
  let moves = Mutex<[String]>([])
  let configuration: SettingsFileEditor
  let startSettings: Settings
  /// What the next request of the proxy's own comes to.
  let trial = Mutex<TrialAnswer?>(nil)
  let asked = Mutex<[(request: ClientRequest, endpoint: String)]>([])
  private let current: Mutex<Settings>

  /// - Parameter file: the configuration, for tests that change it.
  init(_ settings: Settings, file: String = "/nowhere/config.yaml") {
    health = EndpointHealth(time: manualTime)
    current = Mutex(settings)
    startSettings = settings
    configuration = SettingsFileEditor(file: file, environment: [:])
  }

  var ruleCounts: [RuleCounts] { [] }
  var selectEndpoint: SelectEndpoint {
    SelectEndpoint(endpoints: settings.endpoints, options: settings.selection, health: health)
  }
  var lastModel: String? { nil }

  func putInForce(_ settings: Settings) { current.withLock { $0 = settings } }

  func ask(_ request: ClientRequest, at endpoint: String) async -> TrialAnswer {
    asked.withLock { $0.append((request, endpoint)) }
    let empty = ExchangeRecord(id: ExchangeID(text: "trial"), arrived: 0, request: request)
    return trial.withLock { $0 } ?? TrialAnswer(exchange: empty, attempts: [], body: [])
  }

  var version: String { "9.8.7" }
  var configurationPath: String { "/somewhere/config.yaml" }
  var time: any TimeSource { manualTime }
  var settings: Settings { current.withLock { $0 } }
  var generationNumber: Int { 1 }
  var graph: StageGraph { StageGraph(StageMeter(name: "accept"), kind: .step) }
  var inFlight: [Exchange] { [] }
  var journalStatus: JournalStatus { JournalStatus(JournalHealth(), queuedBytes: 0) }
  func flushJournal() async {}

  func change(_ change: (inout Settings) -> Void) { current.withLock { change(&$0) } }

  func move(_ id: ExchangeID, askedBy asker: String) -> Bool {
    moves.withLock { $0.append(asker) }
    return id.text == "known"
  }
}

/// Takes an answer in.
final class AnswerTaker: ClientWriter {
  struct Answer {
    var status = 0
    var fields = HTTPFields()
    var body: [UInt8] = []
    var isFinished = false
  }

  private let state = Mutex(Answer())
  private let onBytes: @Sendable (Bytes) -> Void

  init(onBytes: @escaping @Sendable (Bytes) -> Void = { _ in }) { self.onBytes = onBytes }

  var answer: Answer { state.withLock { $0 } }

  func send(status: Int, fields: HTTPFields) async throws(ProxyFailure) {
    state.withLock { ($0.status, $0.fields) = (status, fields) }
  }

  func send(_ bytes: [Bytes]) async throws(ProxyFailure) {
    for piece in bytes {
      state.withLock { $0.body += piece }
      onBytes(piece)
    }
  }

  func finish() async throws(ProxyFailure) { state.withLock { $0.isFinished = true } }
  func abort() {}
}

/// The site over a fake backend, asked without a network.
struct SiteFixture {
  let backend: FakeBackend
  let numbers: LiveNumbers
  let site: AdminSite

  static let password = "correct horse battery"
  /// Hashing takes long in a debug build.
  static let hash: String = {
    guard let hash = try? PasswordHash(password: password) else { preconditionFailure("scrypt failed") }
    return hash.text
  }()

  /// - Parameter file: the configuration, for tests that change it.
  init(
    files: any WebFiles = EmbeddedFiles(), file: String = "/nowhere/config.yaml",
    _ change: (inout Settings) -> Void = { _ in }
  ) {
    var settings = Settings()
    change(&settings)
    backend = FakeBackend(settings, file: file)
    numbers = LiveNumbers(time: backend.manualTime)
    site = AdminSite(
      backend, numbers: numbers, files: files, log: Logger(label: "site") { _ in SwiftLogNoOpLogHandler() })
    site.listens(at: "http://127.0.0.1:8080", host: "127.0.0.1", port: 8080)
  }

  /// Asks with GET.
  func ask(
    _ path: String, query: String? = nil, host: String? = "localhost:8080", fields: HTTPFields = [:],
    peer: String = "127.0.0.1"
  ) async -> AnswerTaker.Answer {
    await ask(.get, path, query: query, host: host, fields: fields, peer: peer)
  }

  /// - Parameter host: nil for a request without the field.
  func ask(
    _ method: HTTPRequest.Method, _ path: String, query: String? = nil,
    host: String? = "localhost:8080",
    fields: HTTPFields = [:], body: String = "", peer: String = "127.0.0.1"
  ) async -> AnswerTaker.Answer {
    var all = fields
    all[.init("host")!] = host
    if !body.isEmpty, all[.contentType] == nil { all[.contentType] = "application/json" }
    let client = AnswerTaker()
    await site.serve(
      ClientRequest(
        method: method, path: path, query: query, fields: all, body: Bytes(utf8: body), peer: peer),
      to: client)
    return client.answer
  }

  /// Asks with a body and the token.
  func order(_ method: HTTPRequest.Method, _ path: String, _ body: String = "") async -> AnswerTaker.Answer {
    await ask(method, "/admin/api" + path, fields: [.csrf: await token()], body: body)
  }

  /// The token that orders need.
  func token(_ fields: HTTPFields = [:]) async -> String {
    let session = await ask("/admin/api/session", fields: fields)
    return (try? session.json["csrf_token"]?.text) ?? ""
  }

  /// Logs in; the cookie as the browser sends it.
  func login(_ password: String = password, peer: String = "127.0.0.1") async -> (
    answer: AnswerTaker.Answer, cookie: HTTPFields
  ) {
    let answer = await ask(
      .post, "/admin/api/session", body: #"{"password":\#(password.jsonQuoted)}"#, peer: peer)
    let pair = answer.fields[.setCookie]?.prefix { $0 != ";" } ?? ""
    return (answer, [.cookie: String(pair)])
  }
}

extension AnswerTaker.Answer {
  var json: JSON { get throws { try JSON(Bytes(body)) } }
  var text: String { Bytes(body).text }
  var errorCode: String? { (try? json)?["error"]?["code"]?.text }
}

extension HTTPField.Name {
  static let csrf = HTTPField.Name("x-csrf-token")!
  static let site = HTTPField.Name("sec-fetch-site")!
  static let mode = HTTPField.Name("sec-fetch-mode")!
}
