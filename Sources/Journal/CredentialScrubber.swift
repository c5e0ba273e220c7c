import Pipeline

/// Finds what looks like a credential in text of any kind and leaves its last four characters.
///
/// Three shapes: words with the prefix of a known kind of key (`sk-…`), what follows `Bearer`, and the value
/// of a name such as `"api_key": "…"` or `API_KEY=…`, also inside a string with escaped quotes. In doubt it
/// redacts: it serves texts that are handed to others.
struct CredentialScrubber {
  private static let prefixes: [[UInt8]] = [
    "sk-", "sk_", "pk_", "rk_", "AIza", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-",
    "gsk_", "xai-", "hf_", "AKIA", "eyJ",
  ].map { Array($0.utf8) }
  private static let names = [
    "apikey", "token", "secret", "password", "passwd", "authorization", "secretkey", "accesskey",
    "privatekey",
    "credential",
  ]
  /// Shorter words with a known prefix are ordinary words.
  private static let shortestKey = 16
  private static let shortestValue = 8

  private let input: [UInt8]
  private var output: [UInt8] = []
  private var position = 0

  static func scrubbed(_ input: [UInt8]) -> [UInt8] {
    var scrubber = CredentialScrubber(input: input)
    scrubber.run()
    return scrubber.output
  }

  private init(input: [UInt8]) {
    self.input = input
    output.reserveCapacity(input.count)
  }

  private mutating func run() {
    while position < input.count {
      let end = self.end(of: Self.isWord, from: position)
      if end == position {
        copy(to: position + 1)
      } else {
        scrubWord(to: end)
      }
    }
  }

  private mutating func scrubWord(to end: Int) {
    let word = input[position..<end]
    if word.count >= Self.shortestKey, Self.prefixes.contains(where: word.starts(with:)) {
      mask(to: end)
    } else if let value = bearerValue(word) ?? namedValue(word) {
      copy(to: value.lowerBound)
      mask(to: value.upperBound)
    } else {
      copy(to: end)
    }
  }

  private func bearerValue(_ word: Bytes) -> Range<Int>? {
    guard word.count == 6, word.text.lowercased() == "bearer" else { return nil }
    let start = end(of: Self.isSpace, from: word.endIndex)
    let end = self.end(of: Self.isValue, from: start)
    return start > word.endIndex && end - start >= Self.shortestValue ? start..<end : nil
  }

  private func namedValue(_ word: Bytes) -> Range<Int>? {
    guard word.count <= 64 else { return nil }
    let name = word.text.lowercased().filter { $0 != "_" && $0 != "-" }
    guard Self.names.contains(where: name.hasSuffix) else { return nil }
    var start = end(of: Self.isQuote, from: word.endIndex)
    start = end(of: Self.isSpace, from: start)
    guard start < input.count, input[start] == UInt8(ascii: ":") || input[start] == UInt8(ascii: "=")
    else { return nil }
    let isAssignment = input[start] == UInt8(ascii: "=")
    let afterSeparator = end(of: Self.isSpace, from: start + 1)
    let opened = end(of: Self.isQuote, from: afterSeparator)
    if opened > afterSeparator {
      let end = self.end(of: { !Self.isQuote($0) && $0 != UInt8(ascii: "\n") }, from: opened)
      return end > opened ? opened..<end : nil
    }
    let end = self.end(of: Self.isValue, from: afterSeparator)
    return isAssignment && end - afterSeparator >= Self.shortestValue ? afterSeparator..<end : nil
  }

  private mutating func copy(to end: Int) {
    output.append(contentsOf: input[position..<end])
    position = end
  }

  private mutating func mask(to end: Int) {
    let secret = input[position..<end].text
    let isMasked = secret.contains("…") && secret.count <= 8
    output.append(contentsOf: (isMasked ? secret : Secret(secret).description).utf8)
    position = end
  }

  private func end(of kind: (UInt8) -> Bool, from start: Int) -> Int {
    var end = start
    while end < input.count, kind(input[end]) { end += 1 }
    return end
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Bytes of a value that has no quotes around it.
  private static func isValue(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "~"): true
    default: isWord(byte)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  /// Quotes, and the backslashes before them in a string within a string.
  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\")
  }
}
