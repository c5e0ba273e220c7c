/// The parameters of a URL's query, decoded, in their order.
struct QueryString: Sendable {
  let parameters: [(name: String, value: String)]

  /// `+` is a space; a percent sign that starts no escape stands for itself. A parameter without `=` is empty.
  init(_ query: String?) {
    parameters = (query ?? "").utf8.split(separator: UInt8(ascii: "&")).map { parameter in
      let parts = parameter.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
    }
  }

  /// The value of the first parameter of that name.
  subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

  private static func decode(_ text: Substring.UTF8View) -> String {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2).compactMap(hexadecimalValue)
      if byte == UInt8(ascii: "%"), digits.count == 2 {
        bytes.append(digits[0] << 4 | digits[1])
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
