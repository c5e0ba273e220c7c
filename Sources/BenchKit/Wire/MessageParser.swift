/// Finds head, payload and end of one HTTP/1.1 message after the other, however the bytes are cut.
///
/// It knows what the programs of a benchmark send: lengths, chunked bodies, bodies until the connection closes.
/// Payload is handed over where it lies.
package struct MessageParser: Sendable {
  package enum Kind: Sendable { case request, response }

  private enum Phase {
    case head
    case sized(left: Int)
    case chunkSize(Int)
    case chunk(left: Int)
    case chunkEnd
    case trailer(isLineEmpty: Bool)
    case untilClose
    case done
  }

  private static let headLimit = 64 * 1024

  private let kind: Kind
  private var phase = Phase.head
  private var head: [UInt8] = []
  /// Of the response; 0 while it is not known, and for requests.
  package private(set) var status = 0
  /// The peer said that it closes the connection after this message.
  package private(set) var closes = false

  package init(_ kind: Kind) { self.kind = kind }

  /// The message has ended. `begin` makes ready for the next.
  package var isDone: Bool { if case .done = phase { true } else { false } }

  /// No byte of the message has come.
  package var isUntouched: Bool { if case .head = phase { head.isEmpty } else { false } }

  package mutating func begin() {
    phase = .head
    head.removeAll(keepingCapacity: true)
    status = 0
    closes = false
  }

  /// The connection was closed. Throws when that cuts the message.
  package mutating func finish() throws(BenchProblem) {
    switch phase {
    case .untilClose, .done: phase = .done
    default: throw BenchProblem("the connection was closed in the middle of a message")
    }
  }

  /// Whether the request is one of the Chat Completions API. False before its head is whole.
  package var isChat: Bool { contains("/chat/completions ") }

  /// Takes bytes up to the end of the message; returns how many.
  package mutating func consume(
    _ bytes: UnsafeRawBufferPointer, _ payload: (UnsafeRawBufferPointer) -> Void
  ) throws(BenchProblem) -> Int {
    var index = 0
    while index < bytes.count, !isDone {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[index...])
      switch phase {
      case .head: index += unsafe try takeHead(rest)
      case .sized(let left):
        let count = min(left, rest.count)
        unsafe payload(UnsafeRawBufferPointer(rebasing: rest[..<count]))
        phase = left == count ? .done : .sized(left: left - count)
        index += count
      case .chunk(let left):
        let count = min(left, rest.count)
        unsafe payload(UnsafeRawBufferPointer(rebasing: rest[..<count]))
        phase = left == count ? .chunkEnd : .chunk(left: left - count)
        index += count
      case .untilClose:
        unsafe payload(rest)
        index = bytes.count
      case .chunkSize, .chunkEnd, .trailer, .done:
        unsafe try takeFraming(rest[0])
        index += 1
      }
    }
    return index
  }

  private mutating func takeFraming(_ byte: UInt8) throws(BenchProblem) {
    switch phase {
    case .chunkSize(let size):
      if byte == UInt8(ascii: "\n") {
        phase = size == 0 ? .trailer(isLineEmpty: true) : .chunk(left: size)
      } else if let digit = Self.hexadecimal(byte), size < 1 << 40 {
        phase = .chunkSize(size << 4 | digit)
      } else if byte != UInt8(ascii: "\r") {
        throw BenchProblem("a chunk has no size")
      }
    case .chunkEnd: if byte == UInt8(ascii: "\n") { phase = .chunkSize(0) }
    case .trailer(let isLineEmpty):
      switch byte {
      case UInt8(ascii: "\n"): phase = isLineEmpty ? .done : .trailer(isLineEmpty: true)
      case UInt8(ascii: "\r"): break
      default: phase = .trailer(isLineEmpty: false)
      }
    case .head, .sized, .chunk, .untilClose, .done: break
    }
  }

  private mutating func takeHead(_ bytes: UnsafeRawBufferPointer) throws(BenchProblem) -> Int {
    let before = head.count
    unsafe head.append(contentsOf: bytes)
    var index = max(3, before)
    while index < head.count {
      if head[index] == UInt8(ascii: "\n"), head[index - 1] == UInt8(ascii: "\r"),
        head[index - 2] == UInt8(ascii: "\n")
      {
        head.removeSubrange((index + 1)...)
        try readHead()
        return index + 1 - before
      }
      index += 1
    }
    guard head.count <= Self.headLimit else { throw BenchProblem("a head has no end") }
    return bytes.count
  }

  private mutating func readHead() throws(BenchProblem) {
    if kind == .response {
      guard head.count > 12, let code = Int(String(decoding: head[9..<12], as: UTF8.self)) else {
        throw BenchProblem("no HTTP answer: \(String(decoding: head.prefix(40), as: UTF8.self))")
      }
      status = code
    }
    closes = contains("\nconnection: close")
    if contains("\ntransfer-encoding: chunked") {
      phase = .chunkSize(0)
    } else if let start = end(of: "\ncontent-length: ") {
      let digits = head[start...].prefix { (0x30...0x39).contains($0) }
      guard let length = Int(String(decoding: digits, as: UTF8.self)) else {
        throw BenchProblem("a length is no number")
      }
      phase = length == 0 ? .done : .sized(left: length)
    } else {
      phase = kind == .request ? .done : .untilClose
    }
  }

  private func contains(_ text: StaticString) -> Bool { end(of: text) != nil }

  /// Where `text`, in small letters, ends in the head.
  private func end(of text: StaticString) -> Int? {
    let count = text.utf8CodeUnitCount
    guard head.count >= count else { return nil }
    return unsafe head.withUnsafeBufferPointer { head in
      let text = unsafe text.utf8Start
      for start in 0...head.count - count where unsafe head[start] == text[0] {
        var index = 1
        while index < count, unsafe Self.lowered(head[start + index]) == text[index] { index += 1 }
        if index == count { return start + count }
      }
      return nil
    }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  private static func hexadecimal(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x46: Int(byte) - 0x37
    case 0x61...0x66: Int(byte) - 0x57
    default: nil
    }
  }
}
