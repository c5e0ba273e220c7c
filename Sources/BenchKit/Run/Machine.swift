import Foundation

/// The machine a run was made on, in the words of a result's heading.
enum Machine {
  static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  static var summary: String {
    let system = ProcessInfo.processInfo.operatingSystemVersionString
    return "\(cores) cores\(processor.map { " (\($0))" } ?? ""), \(system)"
  }

  private static var processor: String? {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The commit that is checked out, with a mark when files differ from it.
  static func commit(root: String) -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", root, "describe", "--always", "--dirty", "--abbrev=10"]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return "unknown" }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return trimmed.isEmpty ? "unknown" : trimmed
  }
}
