import Foundation
import Synchronization

/// A process of ours. It is ended by its id, whatever way the run ends.
final class ChildProcess {
  private let process = Process()
  private let input: Pipe?
  private let output: FileHandle?
  private var unread = Data()

  /// - Parameters:
  ///   - log: gets standard error, and standard output unless `readsOutput`.
  ///   - takesInput: `write` works; the child sees the end of its input when this process ends.
  init(
    _ executable: String, _ arguments: [String], directory: String? = nil,
    environment: [String: String] = [:],
    log: String, takesInput: Bool = false, readsOutput: Bool = false
  ) throws(BenchProblem) {
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    guard let log = FileHandle(forWritingAtPath: log) else { throw BenchProblem("cannot write \(log)") }
    let output = readsOutput ? Pipe() : nil
    input = takesInput ? Pipe() : nil
    self.output = output?.fileHandleForReading
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = output ?? log
    process.standardError = log
    do {
      try process.run()
    } catch {
      throw BenchProblem("cannot start \(executable): \(error)")
    }
    ChildRegistry.add(process.processIdentifier)
  }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  func write(_ line: String) throws(BenchProblem) {
    do {
      try input?.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw BenchProblem("\(process.executableURL?.lastPathComponent ?? "a process") ended early")
    }
  }

  /// The next line of standard output; nil at its end.
  func readLine() -> String? {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread = Data(unread[(end + 1)...])
        return line
      }
      guard let more = output?.availableData, !more.isEmpty else { return nil }
      unread += more
    }
  }

  /// Asks the process to end, and ends it if it has not after three seconds.
  func stop() {
    try? input?.fileHandleForWriting.close()
    if process.isRunning { kill(pid, SIGTERM) }
    let deadline = Nanoseconds.now + .seconds(3)
    while process.isRunning, .now < deadline { usleep(5_000) }
    if process.isRunning { kill(pid, SIGKILL) }
    process.waitUntilExit()
    ChildRegistry.remove(pid)
  }
}

/// The processes that must not outlive this one.
private enum ChildRegistry {
  private static let pids = Mutex<Set<Int32>>([])

  static func add(_ pid: Int32) { pids.withLock { _ = $0.insert(pid) } }
  static func remove(_ pid: Int32) { pids.withLock { _ = $0.remove(pid) } }

  /// Ends them all now.
  fileprivate static func endAll() {
    let pids = pids.withLock { $0 }
    for pid in pids { kill(pid, SIGTERM) }
    let deadline = Nanoseconds.now + .seconds(1)
    while .now < deadline, pids.contains(where: { kill($0, 0) == 0 }) { usleep(10_000) }
    for pid in pids where kill(pid, 0) == 0 { kill(pid, SIGKILL) }
  }
}

/// On SIGINT and SIGTERM ends the child processes, and then this one, for as long as it lives.
package final class SignalWatch {
  private let sources: [any DispatchSourceSignal]

  /// - Parameter cleanUp: called once the children have ended.
  package init(_ cleanUp: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        ChildRegistry.endAll()
        cleanUp()
        exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
