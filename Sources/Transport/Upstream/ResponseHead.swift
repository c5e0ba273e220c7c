import HTTPTypes

/// Reads the header lines libcurl passes on: interim (1xx) responses are forgotten, the final one is kept.
struct ResponseHead {
  private(set) var status = 0
  private(set) var version = ""
  private(set) var fields = HTTPFields()
  private(set) var isComplete = false

  /// Takes the next line with its line end.
  mutating func receive(line: String) {
    let line = line.trimmedLineEnd
    if line.isEmpty {
      isComplete = status >= 200
    } else if line.hasPrefix("HTTP/") {
      let parts = line.split(separator: " ", maxSplits: 2)
      status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
      version = String(parts[0])
      fields = HTTPFields()
    } else if let colon = line.firstIndex(of: ":"), let name = HTTPField.Name(String(line[..<colon])) {
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      fields.append(HTTPField(name: name, value: String(value)))
    }
  }
}

extension String {
  fileprivate var trimmedLineEnd: Substring {
    var line = self[...]
    while let last = line.unicodeScalars.last, last == "\n" || last == "\r" {
      line.unicodeScalars.removeLast()
    }
    return line
  }
}
