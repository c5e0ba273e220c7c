import Yams

/// A configuration text, parsed, with the place of everything in it.
struct SettingsDocument: Sendable {
  let text: String
  let lines: SourceLines
  /// Nil for a text of comments only.
  let root: LocatedNode?
  /// What it says, merge keys as entries; an empty map for a text of comments only.
  let value: SettingValue

  init(_ text: String) throws(SettingsEditError) {
    self.text = text
    let bytes = Array(text.utf8)
    lines = SourceLines(bytes)
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch {
      throw .invalid(SettingsError(diagnostics: Self.faults(of: text)))
    }
    var locator = Locator(bytes)
    do throws(UnknownNotation) {
      let root = try locator.root(node)
      // Nothing but the start of a document.
      self.root = root.flatMap { $0.range.isEmpty ? nil : $0 }
    } catch {
      let line = bytes[..<min(error.offset, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
      throw .refused(
        path: "line \(line)", reason: "this notation cannot be edited here; edit the file by hand")
    }
    value = root?.value ?? .map([:])
  }

  private static func faults(of text: String) -> [Diagnostic] {
    let reading = Reading(file: "", environment: [:])
    reading.mapping(of: text) { $0.acceptRest() }
    return reading.sortedDiagnostics
  }

  /// The text with parts of it replaced. The parts do not overlap.
  ///
  /// - Parameter mayStayOpen: a text without a line end at its end gets none.
  func splicing(_ splices: [Splice], mayStayOpen: Bool) -> String {
    var bytes = lines.bytes
    for splice in splices.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      bytes.replaceSubrange(splice.range, with: splice.text.utf8)
    }
    if mayStayOpen, !lines.endsWithNewline, bytes.last == UInt8(ascii: "\n") {
      bytes.removeLast()
      if bytes.last == 0x0D { bytes.removeLast() }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Bytes of a text and what takes their place.
struct Splice {
  var range: Range<Int>
  var text: String

  init(_ range: Range<Int>, _ text: String = "") { (self.range, self.text) = (range, text) }

  init(at offset: Int, _ text: String) { self.init(offset..<offset, text) }
}
