import Yams

extension Locator {
  /// The extent of a scalar that is not empty.
  mutating func locate(
    _ scalar: Node.Scalar, from start: Int, _ indent: Int, _ node: Node
  ) throws(UnknownNotation) -> LocatedNode {
    switch scalar.style {
    case .doubleQuoted:
      try expect(UInt8(ascii: "\""))
      while let byte = peek(), byte != UInt8(ascii: "\"") {
        move(to: position + (byte == UInt8(ascii: "\\") ? 2 : 1))
      }
      try expect(UInt8(ascii: "\""))
    case .singleQuoted:
      try expect(UInt8(ascii: "'"))
      repeat {
        while let byte = peek(), byte != UInt8(ascii: "'") { move(to: position + 1) }
        try expect(UInt8(ascii: "'"))
        if peek() != UInt8(ascii: "'") { break }
        move(to: position + 1)
      } while true
    case .literal, .folded:
      let headEnd = try skipBlockScalar(indent)
      return located(.blockScalar, start..<position, headEnd: headEnd, node)
    case .plain, .any: try skipPlain(scalar.string)
    }
    return located(.scalar, start..<position, node)
  }

  /// A plain scalar has no escapes: what is no white space stands in the text as it is.
  private mutating func skipPlain(_ string: String) throws(UnknownNotation) {
    let isBlank: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    for byte in string.utf8 where !isBlank(byte) {
      while let next = peek(), isBlank(next) { move(to: position + 1) }
      try expect(byte)
    }
  }

  /// Moves to the end of the last line of a block scalar, and returns where its head ends.
  private mutating func skipBlockScalar(_ indent: Int) throws(UnknownNotation) -> Int {
    guard peek() == UInt8(ascii: "|") || peek() == UInt8(ascii: ">") else {
      throw UnknownNotation(offset: position)
    }
    move(to: position + 1)
    var keepsEnd = false
    var depth: Int?
    while let byte = peek(), "+-123456789".utf8.contains(byte) {
      if byte == UInt8(ascii: "+") { keepsEnd = true }
      if byte >= UInt8(ascii: "1") { depth = max(indent, 0) + Int(byte - UInt8(ascii: "0")) }
      move(to: position + 1)
    }
    let headEnd = position
    var end = headEnd
    while true {
      skipLine()
      guard position < bytes.count else { break }
      let line = position + 1
      let textEnd = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      guard line < bytes.count else { break }
      let spaces = bytes[line..<textEnd].prefix { $0 == 0x20 }.count
      let rest = bytes[(line + spaces)..<textEnd]
      let isBlank = rest.isEmpty || rest.elementsEqual([0x0D])
      if !isBlank {
        let wanted = depth ?? max(spaces, indent + 1)
        guard spaces >= wanted else { break }
        depth = wanted
      }
      if !isBlank || keepsEnd { end = textEnd - (rest.last == 0x0D ? 1 : 0) }
      move(to: line)
    }
    move(to: end)
    return headEnd
  }
}
