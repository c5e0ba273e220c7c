import Foundation

/// Where the files of a run are: the package, the programs, and a folder of its own that goes when it ends.
package struct Workplace: Sendable {
  /// The root of the package, with `benchmarks/peers`.
  package let root: String
  /// For configurations, logs and journals of this run.
  package let scratch: String
  /// This executable.
  let bench: String
  /// The proxy that is measured.
  package let proxy: String

  /// - Throws: when the package cannot be found or the folder cannot be made.
  package init(proxy: String) throws(BenchProblem) {
    root = try Self.findRoot()
    bench = try Self.thisExecutable()
    self.proxy = URL(fileURLWithPath: proxy).standardizedFileURL.path
    guard FileManager.default.isExecutableFile(atPath: self.proxy) else {
      throw BenchProblem("\(self.proxy) is not there or cannot be run")
    }
    scratch =
      URL(fileURLWithPath: NSTemporaryDirectory()).path
      + "/companion-bench-\(ProcessInfo.processInfo.processIdentifier)"
    do {
      try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    } catch {
      throw BenchProblem("cannot make \(scratch): \(error)")
    }
  }

  package func remove() { try? FileManager.default.removeItem(atPath: scratch) }

  package static func thisExecutable() throws(BenchProblem) -> String {
    guard let path = Bundle.main.executablePath else { throw BenchProblem("cannot find this program's file") }
    return path
  }

  /// The folder with Package.swift, above the current one or above this executable.
  package static func findRoot() throws(BenchProblem) -> String {
    for start in [FileManager.default.currentDirectoryPath, try thisExecutable()] {
      var url = URL(fileURLWithPath: start)
      while url.path != "/" {
        if FileManager.default.fileExists(atPath: url.path + "/benchmarks/peers") { return url.path }
        url.deleteLastPathComponent()
      }
    }
    throw BenchProblem("start it inside the repository: benchmarks/peers was not found")
  }
}
