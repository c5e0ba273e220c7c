#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The time an event was sent, written into its text: `@` and 18 digits of nanoseconds.
package enum Stamp {
  package static let digits = 18
  package static let mark = UInt8(ascii: "@")

  /// Writes the digits over the bytes at `offset`.
  package static func write(_ time: Nanoseconds, into bytes: inout [UInt8], at offset: Int) {
    var rest = UInt64(clamping: time)
    var index = offset + digits
    while index > offset {
      index -= 1
      bytes[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
      rest /= 10
    }
  }
}

/// Finds the stamps in a payload, whatever way it is cut, and keeps its last bytes.
package struct StampScanner: Sendable {
  private static let tailLength = 64

  private var digitsSeen: Int?
  private var value: Int64 = 0
  private var tail: [UInt8] = []

  package init() {}

  /// The payload ends with the event that ends a message.
  package var sawStop: Bool { String(decoding: tail, as: UTF8.self).contains(#""type":"message_stop""#) }

  package mutating func begin() {
    digitsSeen = nil
    tail.removeAll(keepingCapacity: true)
  }

  /// Reports the stamps in `payload`, in order.
  package mutating func scan(_ payload: UnsafeRawBufferPointer, _ found: (Nanoseconds) -> Void) {
    guard let base = payload.baseAddress else { return }
    unsafe keepTail(payload)
    var index = 0
    while index < payload.count {
      guard let seen = digitsSeen else {
        guard let place = unsafe memchr(base + index, Int32(Stamp.mark), payload.count - index) else {
          return
        }
        index = unsafe UnsafeRawPointer(place) - base + 1
        digitsSeen = 0
        value = 0
        continue
      }
      let digit = unsafe payload[index] &- 0x30
      index += 1
      guard digit < 10 else {
        digitsSeen = nil
        continue
      }
      value = value &* 10 &+ Int64(digit)
      if seen + 1 == Stamp.digits {
        digitsSeen = nil
        found(value)
      } else {
        digitsSeen = seen + 1
      }
    }
  }

  private mutating func keepTail(_ payload: UnsafeRawBufferPointer) {
    unsafe tail.append(contentsOf: payload.suffix(Self.tailLength))
    if tail.count > Self.tailLength { tail.removeFirst(tail.count - Self.tailLength) }
  }
}
