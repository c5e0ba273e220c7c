/// Why a script did not say yes or no.
struct ScriptFailure: Error, Equatable, CustomStringConvertible {
  let script: String
  /// From 1; nil where Lua does not know it.
  let line: Int?
  let text: String

  /// - Parameter message: Lua's, with `script:LINE:` in front where it knows the line.
  init(script: String, message: String) {
    self.script = script
    let parts = message.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    if parts.count == 3, parts[0] == "script", let line = Int(parts[1]) {
      self.line = line
      text = String(parts[2].drop { $0 == " " })
    } else {
      line = nil
      text = message
    }
  }

  var description: String {
    line.map { "\(script):\($0): \(text)" } ?? "\(script): \(text)"
  }
}
