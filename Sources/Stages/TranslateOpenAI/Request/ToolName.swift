/// Names of tools and functions.
enum ToolName {
  /// OpenAI's limit (openai-stream.md §2), and Anthropic's.
  private static let limit = 64
  private static let hashLength = 12

  /// `name` where it is fit, else a readable alias that is the same in every request.
  static func forProvider(_ name: String) -> String {
    if isFit(name) { return name }
    let readable = name.utf8.prefix(limit - hashLength - 1).map { byte in
      isPlain(byte) ? Character(Unicode.Scalar(byte)) : "_"
    }
    return String(readable) + "_" + StableHash(name.utf8).hexadecimal.prefix(hashLength)
  }

  static func isFit(_ name: String) -> Bool {
    (1...limit).contains(name.utf8.count) && name.utf8.allSatisfy(isPlain)
  }

  /// Letters, digits, `_` and `-`: what names and ids may consist of everywhere.
  static func isPlain(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
