import Foundation

/// A target that listens.
package final class RunningTarget {
  package let target: Target
  package let port: Int
  private let process: ChildProcess?
  private let log: String

  /// Starts it between the load generator and the upstream, and waits until it listens.
  init(_ target: Target, upstream: UpstreamProcess, in workplace: Workplace) throws(BenchProblem) {
    self.target = target
    guard target.program != nil else {
      port = upstream.ports.first
      process = nil
      log = ""
      return
    }
    guard let executable = target.executable(in: workplace) else {
      throw BenchProblem("\(target.name) is not installed")
    }
    port = try Self.freePort()
    let directory = workplace.scratch + "/" + target.name + "-\(port)"
    log = directory + "/output.txt"
    let values = [
      "PORT": String(port), "UPSTREAM_PORT": String(upstream.ports.first),
      "SECOND_UPSTREAM_PORT": String(upstream.ports.second), "DIRECTORY": directory, "USER": NSUserName(),
      "MODEL": RequestScript.model, "CONFIG": directory + "/" + target.template,
    ]
    try Self.fill(workplace.root + "/benchmarks/peers/" + target.template, into: directory, values)
    process = try ChildProcess(
      executable, target.arguments.map { Self.filled($0, values) }, directory: directory,
      environment: target.environment, log: log)
    try waitUntilItListens()
  }

  /// Zero when nothing stands between load generator and upstream.
  var pid: Int32? { process?.pid }

  var isRunning: Bool { process?.isRunning ?? true }

  /// What it printed last.
  var lastWords: String {
    guard let text = try? String(contentsOfFile: log, encoding: .utf8) else { return "" }
    return text.split(separator: "\n").suffix(5).joined(separator: "\n")
  }

  func stop() { process?.stop() }

  private func waitUntilItListens() throws(BenchProblem) {
    let deadline = Nanoseconds.now + target.patience
    while .now < deadline, isRunning {
      if let socket = try? Socket.connect(port: port) {
        socket.close()
        return
      }
      usleep(20_000)
    }
    let words = lastWords
    stop()
    throw BenchProblem("\(target.name) does not listen:\n\(words)")
  }

  private static func freePort() throws(BenchProblem) -> Int {
    let (socket, port) = try Socket.listen()
    socket.close()
    return port
  }

  private static func fill(
    _ template: String, into directory: String, _ values: [String: String]
  ) throws(BenchProblem) {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      let text = try String(contentsOfFile: template, encoding: .utf8)
      try filled(text, values).write(toFile: values["CONFIG"] ?? "", atomically: true, encoding: .utf8)
    } catch {
      throw BenchProblem("cannot fill in \(template): \(error)")
    }
  }

  private static func filled(_ text: String, _ values: [String: String]) -> String {
    values.reduce(text) { $0.replacingOccurrences(of: "{{\($1.key)}}", with: $1.value) }
  }
}
