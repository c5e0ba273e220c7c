import HTTPTypes

/// Reads the header lines libcurl passes on: interim (1xx) responses are forgotten, the final one is kept.
struct ResponseHead {
  private(set) var status = 0
  private(set) var version = ""
  private(set) var fields = HTTPFields()
  private(set) var isComplete = false

  /// Takes the next line with its line end.
  mutating func receive(line bytes: UnsafeRawBufferPointer) {
    let line = unsafe bytes.trimmed { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
    if unsafe line.isEmpty {
      isComplete = status >= 200
    } else if unsafe line.starts(with: "HTTP/".utf8) {
      let parts = unsafe String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 2)
      status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
      version = String(parts[0])
      fields = HTTPFields()
    } else if let colon = unsafe line.firstIndex(of: UInt8(ascii: ":")),
      let name = unsafe HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
    {
      let value = unsafe UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmed {
        $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
      }
      fields.append(HTTPField(name: name, value: unsafe String(decoding: value, as: UTF8.self)))
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Without the bytes at both ends that `isPadding` names.
  fileprivate func trimmed(_ isPadding: (UInt8) -> Bool) -> UnsafeRawBufferPointer {
    var (start, end) = (0, count)
    while start < end, unsafe isPadding(self[start]) { start += 1 }
    while end > start, unsafe isPadding(self[end - 1]) { end -= 1 }
    return unsafe UnsafeRawBufferPointer(rebasing: self[start..<end])
  }
}
