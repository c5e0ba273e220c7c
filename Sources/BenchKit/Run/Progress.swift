import Foundation

/// Says what is being measured: one line that changes on a terminal, a line each elsewhere.
package struct Progress: Sendable {
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) != 0
  private let began = Nanoseconds.now

  package init() {}

  package func say(_ text: String) {
    let line = "[\((Nanoseconds.now - began) / 1_000_000_000) s] \(text)"
    write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
  }

  /// The line that changes has changed for the last time.
  package func end() { if isTerminal { write("\r\u{1B}[K") } }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
