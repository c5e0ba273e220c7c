import Foundation
import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct ExportTests {
  static let secret = "sk-ant-api03-verysecretverysecret1234"
  static let script = """
    import json, sys, zipfile
    with zipfile.ZipFile(sys.argv[1]) as z:
        assert z.testzip() is None
        json.dump({i.filename: z.read(i).decode() for i in z.infolist()}, sys.stdout)
    """

  /// The files in a zip, by the word of Python.
  func files(in path: String) throws -> [String: String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.script, path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return try JSONDecoder().decode([String: String].self, from: data)
  }

  func logged() async throws -> (fixture: JournalFixture, record: ExchangeRecord) {
    let fixture = try JournalFixture { $0.responseBody = .truncated(bytes: 40) }
    var record = ExchangeRecord.sample(arrived: fixture.time.wallMilliseconds)
    record.requestFields = [("x-api-key", Self.secret), ("accept", "text/event-stream; ä")]
    record.failureDetail = "refused Bearer \(Self.secret)"
    fixture.journal.begin(record)
    let request = #"{"api_key": "\#(Self.secret)", "text": "my key is \#(Self.secret), ok"}"#
    fixture.journal.append(Bytes(utf8: request), to: .requestReceived, of: record.id)
    fixture.journal.append(
      Bytes(utf8: String(repeating: "event: ping\ndata: {}\n\n", count: 3)),
      to: .responseReceived(attempt: 1), of: record.id)
    var attempt = AttemptRecord(exchange: record.id, number: 1, endpoint: "first", url: "https://e/")
    attempt.requestFields = [("authorization", "Bearer \(Self.secret)")]
    attempt.decision = "served"
    fixture.journal.end(attempt)
    record.outcome = .completed
    fixture.journal.end(record)
    await fixture.journal.flush()
    return (fixture, record)
  }

  @Test func `writes a zip that Python opens, without secrets`() async throws {
    let (fixture, record) = try await logged()
    let other = fixture.log([.requestReceived: Array("plain".utf8)])
    await fixture.journal.flush()
    let path = fixture.directory.path + "/export.zip"
    try Data("in the way".utf8).write(to: URL(fileURLWithPath: path))
    try fixture.reader().exportZip(
      [record.id, other.id, ExchangeID(text: String(record.id.text.prefix(19)))], to: path)
    let files = try files(in: path)
    #expect(
      Set(files.keys) == [
        "\(record.id)/exchange.json", "\(record.id)/attempts.json", "\(record.id)/request.json",
        "\(record.id)/attempt-1-response.sse", "\(other.id)/exchange.json", "\(other.id)/attempts.json",
        "\(other.id)/request.txt",
      ])
    for (name, text) in files { #expect(!text.contains("verysecret"), "\(name)") }
    #expect(
      files["\(record.id)/request.json"]
        == #"{"api_key": "sk-…1234", "text": "my key is sk-…1234, ok"}"#)
    #expect(files["\(record.id)/attempt-1-response.sse"]?.utf8.count == 40)
    #expect(files["\(record.id)/attempts.json"]?.contains("Bearer sk-…1234") == true)
    #expect(files["\(record.id)/exchange.json"]?.contains("text/event-stream; ä") == true)
    #expect(files["\(record.id)/exchange.json"]?.contains(#""missing_bytes" : 26"#) == true)
    #expect(try fixture.directory.mode(of: "export.zip") == 0o600)
  }

  @Test func `leaves nothing behind when it fails`() async throws {
    let (fixture, record) = try await logged()
    let path = fixture.directory.path + "/export.zip"
    #expect(throws: JournalError.self) {
      try fixture.reader().exportZip([record.id, ExchangeID(text: "nobody")], to: path)
    }
    #expect(throws: JournalError.self) {
      try fixture.reader().exportZip([record.id], to: "/nowhere/export.zip")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path).allSatisfy {
        !$0.contains("zip")
      })
  }
}
