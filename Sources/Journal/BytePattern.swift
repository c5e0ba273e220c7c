import Foundation
import Pipeline

/// Text to look for in bytes, whatever the case of its letters.
///
/// ASCII letters fit in either case. Others do as they were typed, all small, all capital, or capital at the start of
/// words: to fold them one by one would cost more than it finds.
struct BytePattern {
  /// Bytes that have to be there, ASCII letters small, with how far a last byte lets one skip.
  private struct Spelling {
    var bytes: [UInt8]
    var skips: [Int]

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      skips = Array(repeating: bytes.count, count: 256)
      for (place, byte) in bytes.dropLast().enumerated() {
        skips[Int(byte)] = bytes.count - 1 - place
        if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) {
          skips[Int(byte ^ 0x20)] = bytes.count - 1 - place
        }
      }
    }
  }

  private static let small: [UInt8] = (0...255).map { byte in
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private let spellings: [Spelling]
  /// Bytes of the longest spelling.
  let length: Int

  /// Nil when there is nothing to look for.
  init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    let texts = isASCII ? [text] : [text, text.lowercased(), text.uppercased(), text.capitalized]
    spellings = Set(texts.map { $0.utf8.map { Self.small[Int($0)] } }).map(Spelling.init)
    length = spellings.map(\.bytes.count).max() ?? 0
  }

  func isFound(in bytes: Bytes) -> Bool { spellings.contains { Self.find($0, in: bytes) } }

  /// Horspool's search: mostly one look at a byte for each length of the pattern.
  private static func find(_ spelling: Spelling, in bytes: Bytes) -> Bool {
    let wanted = spelling.bytes
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe small.withUnsafeBufferPointer { small in
        unsafe spelling.skips.withUnsafeBufferPointer { skips in
          var end = wanted.count - 1
          while end < bytes.count {
            var place = wanted.count - 1
            // Both tables have a place for every byte.
            while unsafe small[Int(bytes[end - (wanted.count - 1 - place)])] == wanted[place] {
              if place == 0 { return true }
              place -= 1
            }
            unsafe end += skips[Int(bytes[end])]
          }
          return false
        }
      }
    }
  }
}
