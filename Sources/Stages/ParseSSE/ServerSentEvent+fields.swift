package import Pipeline

extension ServerSentEvent {
  /// Reads the fields of a whole frame by the WHATWG rules: the last `event` counts, `data` lines are joined
  /// with LF, everything else is ignored.
  package init(frame: Bytes, offset: Int = 0) {
    var fields = Fields()
    unsafe frame.withUnsafeBufferPointer { unsafe fields.read($0) }
    let start = frame.startIndex
    self.init(
      frame: frame, name: fields.name.map { start + $0.lowerBound..<start + $0.upperBound },
      data: fields.data.map { start + $0.lowerBound..<start + $0.upperBound },
      dataApart: fields.joined.map { Bytes($0) }, offset: offset)
  }

  /// An event in the canonical form whose data is a JSON text.
  package init(name: Bytes, json: Bytes) {
    var frame = Array("event: ".utf8) + name + Array("\ndata: ".utf8)
    let nameEnd = 7 + name.count
    let dataStart = frame.count
    // Line feeds in JSON are white space between its tokens, and would end the data line.
    frame += json.lazy.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
    let dataEnd = frame.count
    frame += [UInt8(ascii: "\n"), UInt8(ascii: "\n")]
    let bytes = Bytes(frame)
    self.init(frame: bytes, name: 7..<nameEnd, data: dataStart..<dataEnd)
  }
}

/// Where the fields of a frame are, as offsets into it.
private struct Fields {
  var name: Range<Int>?
  var data: Range<Int>?
  /// The `data` lines joined, when there is more than one.
  var joined: [UInt8]?

  mutating func read(_ frame: UnsafeBufferPointer<UInt8>) {
    var start = 0
    while start < frame.count {
      let end = unsafe Self.endOfLine(in: frame, from: start)
      if let value = unsafe Self.value(of: "data", in: frame, line: start..<end) {
        unsafe add(value, of: frame)
      } else if let value = unsafe Self.value(of: "event", in: frame, line: start..<end) {
        name = value
      }
      start = end &+ 1
    }
  }

  private mutating func add(_ value: Range<Int>, of frame: UnsafeBufferPointer<UInt8>) {
    guard let first = data else {
      data = value
      return
    }
    if joined == nil { joined = unsafe Array(frame[first]) }
    joined?.append(UInt8(ascii: "\n"))
    unsafe joined?.append(contentsOf: frame[value])
  }

  /// The index of the LF or CR that ends the line. Between the two of a CRLF lies an empty line, which says
  /// nothing.
  private static func endOfLine(in frame: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start
    while true {
      index = unsafe ByteScan.firstNotable(in: frame, from: index, stopsAtNonASCII: false)
      guard index < frame.count else { return index }
      let byte = unsafe frame[index]
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return index }
      index &+= 1
    }
  }

  /// What follows `field:` and one optional space; nil when the line is another field's.
  private static func value(
    of field: StaticString, in frame: UnsafeBufferPointer<UInt8>, line: Range<Int>
  ) -> Range<Int>? {
    let length = field.utf8CodeUnitCount
    guard line.count >= length else { return nil }
    for place in 0..<length where unsafe frame[line.lowerBound &+ place] != field.utf8Start[place] {
      return nil
    }
    var start = line.lowerBound &+ length
    guard start < line.upperBound else { return start..<start }
    guard unsafe frame[start] == UInt8(ascii: ":") else { return nil }
    start &+= 1
    if start < line.upperBound, unsafe frame[start] == UInt8(ascii: " ") { start &+= 1 }
    return start..<line.upperBound
  }
}
