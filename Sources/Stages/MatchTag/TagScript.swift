import CLua
import Pipeline

/// What a script of a tag rule may use. Exceeding any of it is a failure of the rule.
package struct ScriptLimits: Sendable, Hashable {
  /// All the script holds at a time, Lua's library and the request included.
  package var memoryBytes = 8 * 1024 * 1024
  /// Instructions of Lua's machine, calls, and steps of pattern matching.
  package var instructions = 1_000_000
  package var time: Duration = .milliseconds(50)

  package init() {}
}

/// A Lua 5.4 script that says whether a request gets a tag.
///
/// Each evaluation has a Lua state of its own, so nothing can leak from one request into the next and no lock is
/// needed. It takes about 30 µs for a small script; 20 of them, for the state, its library and compiling, are
/// what a pool of states would save, and then every script would have to be trusted to leave its state clean.
struct TagScript: Sendable {
  private static let longestMessage = 512

  private let source: [UInt8]
  private let name: String
  private let limits: SandboxLimits

  /// - Parameter name: stands for the script in messages.
  /// - Throws: what is wrong with the script, and in which line.
  init(source: String, name: String, limits: ScriptLimits) throws(ScriptFailure) {
    self.source = Array(source.utf8)
    self.name = name
    self.limits = SandboxLimits(
      memoryBytes: limits.memoryBytes, instructions: Int64(limits.instructions),
      nanoseconds: limits.time.nanoseconds)
    var message = [CChar](repeating: 0, count: Self.longestMessage)
    let verdict = unsafe sandboxCheck(
      self.source, self.source.count, self.limits, &message, message.count)
    _ = try isMatch(verdict, message)
  }

  /// Runs the script: blocks the thread for at most about `ScriptLimits.time`.
  func matches(_ request: ScriptRequest) throws(ScriptFailure) -> Bool {
    var message = [CChar](repeating: 0, count: Self.longestMessage)
    let verdict = unsafe sandboxRun(
      source, source.count, request.texts, request.values, request.values.count, limits, &message,
      message.count)
    return try isMatch(verdict, message)
  }

  private func isMatch(_ verdict: SandboxVerdict, _ message: [CChar]) throws(ScriptFailure) -> Bool {
    switch verdict {
    case .match: return true
    case .noMatch: return false
    case .syntaxError, .runtimeError, .tooManyInstructions, .tooMuchMemory, .tooMuchTime:
      let bytes = message.prefix { $0 != 0 }.lazy.map(UInt8.init(bitPattern:))
      throw ScriptFailure(script: name, message: String(decoding: bytes, as: UTF8.self))
    }
  }
}
