import Pipeline

/// The reasoning of the thinking block that is open or was last: what its signature stands for.
struct ReasoningBlock {
  /// More than this is not kept; no provider sends it.
  private static let limit = 8 * 1024 * 1024

  private var digest = ReasoningDigest()
  /// The elements of the provider's arrays, joined.
  private var details: [UInt8] = []
  /// Text that the client does not get to see, as the characters of a JSON string.
  private var hidden: [UInt8] = []
  /// Of the block that was closed last.
  private(set) var signature: String?
  private(set) var isOpen = false

  init() {}

  var hasBlock: Bool { isOpen || signature != nil }

  mutating func open() {
    digest = ReasoningDigest()
    hidden = []
    // Details of the block before it stay with that one.
    if signature != nil { details = [] }
    isOpen = true
  }

  mutating func add(_ text: Bytes, isHidden: Bool) {
    digest.add(text)
    if isHidden, hidden.count + text.count <= Self.limit { hidden += text }
  }

  mutating func addDetails(_ array: Bytes) {
    guard details.count + array.count <= Self.limit else { return }
    if !details.isEmpty { details.append(UInt8(ascii: ",")) }
    details += array.dropFirst().dropLast()
    digest.add(array)
  }

  mutating func close(route: String) -> String {
    let signature = digest.signature(route: route)
    self.signature = signature
    isOpen = false
    return signature
  }

  /// What is to be kept for the next request; nil when the block says it all.
  var toRemember: Bytes? {
    if !details.isEmpty { return Bytes("[".utf8) + Bytes(details) + Bytes("]".utf8) }
    guard !hidden.isEmpty else { return nil }
    return Bytes(#"[{"type":"reasoning.text","text":""#.utf8) + Bytes(hidden) + Bytes(#""}]"#.utf8)
  }
}
