import Foundation

/// Writes a run down.
package struct ResultFiles {
  private let run: RunResult

  package init(_ run: RunResult) { self.run = run }

  /// results.json, table.md and the plots.
  package func write(to directory: String) throws {
    let folder = URL(fileURLWithPath: directory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(run)
    // What cannot be read again is worth nothing.
    _ = try JSONDecoder().decode(RunResult.self, from: json)
    try json.write(to: folder.appendingPathComponent("results.json"))
    try Data(Report(run).text.utf8).write(to: folder.appendingPathComponent("table.md"))
    for (name, document) in Plots(run).documents {
      try Data(document.utf8).write(to: folder.appendingPathComponent(name))
    }
  }

  private static let begin = "<!-- results:begin -->"
  private static let end = "<!-- results:end -->"

  /// Puts table and plots between the marks of benchmarks/README.md.
  package func publish(from directory: String, root: String) throws {
    let readme = URL(fileURLWithPath: root + "/benchmarks/README.md")
    let text = try String(contentsOf: readme, encoding: .utf8)
    guard let begin = text.range(of: Self.begin), let end = text.range(of: Self.end),
      begin.upperBound <= end.lowerBound
    else { throw BenchProblem("\(readme.path) has no place for results") }
    let prefix = URL(fileURLWithPath: directory).path.replacingOccurrences(
      of: root + "/benchmarks/", with: "")
    let images = Plots(run).documents.keys.sorted().map { "![\($0)](\(prefix)/\($0))" }
    let section = "\n\n\(Report(run).text)\n\(images.joined(separator: "\n\n"))\n\n"
    try Data((text[..<begin.upperBound] + section + text[end.lowerBound...]).utf8).write(to: readme)
  }

  /// `benchmarks/results/<date>` of the repository.
  package func directory(root: String) -> String { "\(root)/benchmarks/results/\(run.date.prefix(10))" }
}
