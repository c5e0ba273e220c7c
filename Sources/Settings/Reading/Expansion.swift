/// A scalar with its `${NAME}` and `${NAME:default}` replaced; `$${` stands for a plain `${`.
///
/// It works on scalars after parsing, so no value of a variable can add keys or lists. Values are not expanded
/// again. A variable that is set to nothing counts as set.
struct Expansion {
  enum Problem: CustomStringConvertible {
    case notSet(String)
    case malformed

    var description: String {
      switch self {
      case .notSet(let name):
        "the environment variable \(name) is not set; set it or write ${\(name):default}"
      case .malformed:
        "expected ${NAME} or ${NAME:default}; a plain \"${\" is written \"$${\""
      }
    }
  }

  private(set) var text = ""
  private(set) var problems: [Problem] = []
  /// Variables whose default starts with `-`, the way a shell writes it.
  private(set) var shellDefaults: [String] = []

  init(of scalar: String, value: (String) -> String?) {
    var rest = scalar[...]
    while let opening = rest.firstRange(of: "${") {
      let before = rest[..<opening.lowerBound]
      rest = rest[opening.upperBound...]
      if before.hasSuffix("$") {
        text += before.dropLast() + "${"
        continue
      }
      text += before
      guard let closing = rest.firstIndex(of: "}"), add(rest[..<closing], value) else {
        problems.append(.malformed)
        continue
      }
      rest = rest[rest.index(after: closing)...]
    }
    text += rest
  }

  /// Adds the value of what stands between the braces; false when that is no variable.
  private mutating func add(_ variable: Substring, _ value: (String) -> String?) -> Bool {
    let parts = variable.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let isName =
      name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0 == "_" || $0.properties.isAlphabetic || isDigit($0))
      }
      && name.unicodeScalars.first.map { !isDigit($0) } ?? false
    guard isName else { return false }
    if parts.count == 2, parts[1].hasPrefix("-") { shellDefaults.append(name) }
    if let value = value(name) {
      text += value
    } else if parts.count == 2 {
      text += parts[1]
    } else {
      problems.append(.notSet(name))
    }
    return true
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
