import HTTPTypes
import Journal
import Pipeline
import Settings

/// The journal for routes: what is not there is told in the API's words.
///
/// A reader is opened for each request: they are few, and a journal that was moved aside meanwhile is met as it is.
struct JournalAccess: Sendable {
  private let backend: any AdminBackend

  init(_ backend: any AdminBackend) { self.backend = backend }

  /// Calls `body` with a reader; blocks for as long as the disk takes.
  func read<Value>(
    _ body: (JournalReader) throws(JournalError) -> Value
  ) throws(AdminError) -> Value {
    do throws(JournalError) {
      return try body(JournalReader(directory: backend.startSettings.logging.directory))
    } catch {
      switch error.code {
      case .notFound, .noJournal: throw AdminError(.notFound, "\(error)")
      case .ambiguous: throw AdminError(.conflict, "\(error)")
      default: throw AdminError(.internal, "\(error)")
      }
    }
  }

  /// A request as its client sent it, without its credentials; what was not kept of its body is missing.
  func request(of id: String) throws(AdminError) -> ClientRequest {
    try read { (reader) throws(JournalError) in
      let detail = try reader.exchange(ExchangeID(text: id))
      let record = detail.record
      var fields = HTTPFields()
      for (name, value) in record.requestFields {
        if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
      }
      let body = detail.body(.requestReceived) == nil ? [] : try reader.body(record.id, .requestReceived)
      return ClientRequest(
        method: HTTPRequest.Method(rawValue: record.method) ?? .post, path: record.path, query: record.query,
        fields: fields, body: Bytes(body), peer: record.peer)
    }
  }
}
