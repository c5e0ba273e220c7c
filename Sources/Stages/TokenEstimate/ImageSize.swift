/// The size of a picture, read from the first bytes of its base64 text without decoding the rest.
struct ImageSize: Equatable {
  var width: Int
  var height: Int

  /// What a picture costs when its size is not known, and the most it can: larger ones are scaled down.
  static let maximumTokens = 1600
  private static let pixelsPerToken = 750
  private static let longestEdge = 1568

  /// The tokens of the picture by Anthropic's formula: its longest edge is brought down to 1568 pixels, and 750
  /// pixels are a token. (OpenAI's own models count tiles of 512 pixels, and fewer tokens.)
  var tokens: Int {
    let edge = max(width, height)
    guard width > 0, height > 0 else { return Self.maximumTokens }
    let scale = min(1, Double(Self.longestEdge) / Double(edge))
    let pixels = Double(width) * Double(height) * scale * scale
    return min(Self.maximumTokens, max(1, Int((pixels / Double(Self.pixelsPerToken)).rounded(.up))))
  }
}

extension ImageSize {
  /// Nil for anything but PNG and JPEG, or when the size is not among the first bytes.
  init?(base64 text: UnsafeBufferPointer<UInt8>) {
    let bytes = unsafe Base64Bytes(text: text)
    if bytes[0] == 0x89, bytes[1] == UInt8(ascii: "P") {
      self.init(png: bytes)
    } else if bytes[0] == 0xFF, bytes[1] == 0xD8 {
      self.init(jpeg: bytes)
    } else {
      return nil
    }
  }

  /// The header chunk comes first, so that both numbers stand at a fixed place.
  private init?(png bytes: Base64Bytes) {
    guard let width = bytes.number(at: 16, count: 4), let height = bytes.number(at: 20, count: 4) else {
      return nil
    }
    self.init(width: width, height: height)
  }

  /// Goes from segment to segment until the one that starts a frame.
  private init?(jpeg bytes: Base64Bytes) {
    var place = 2
    // Of camera pictures the frame comes after metadata, at most some dozens of segments.
    for _ in 0..<64 {
      guard bytes[place] == 0xFF, let marker = bytes[place + 1],
        let length = bytes.number(at: place + 2, count: 2)
      else { return nil }
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        guard let height = bytes.number(at: place + 5, count: 2),
          let width = bytes.number(at: place + 7, count: 2)
        else { return nil }
        self.init(width: width, height: height)
        return
      }
      place += 2 + length
    }
    return nil
  }
}

/// Single bytes of a base64 text, at any place.
@safe
private struct Base64Bytes {
  let text: UnsafeBufferPointer<UInt8>

  /// Nil beyond the end, and where the text is no base64.
  subscript(index: Int) -> UInt8? {
    let first = index / 3 * 4 + index % 3
    guard let high = value(at: first), let low = value(at: first + 1) else { return nil }
    let shift = UInt32(2 + 2 * (index % 3))
    return UInt8(truncatingIfNeeded: (UInt32(high) << 6 | UInt32(low)) >> (6 - shift))
  }

  /// A number in network byte order.
  func number(at index: Int, count: Int) -> Int? {
    var number = 0
    for place in index..<index + count {
      guard let byte = self[place] else { return nil }
      number = number << 8 | Int(byte)
    }
    return number
  }

  private func value(at index: Int) -> UInt8? {
    guard unsafe index < text.count else { return nil }
    switch unsafe text[index] {
    case let letter where letter >= UInt8(ascii: "A") && letter <= UInt8(ascii: "Z"):
      return letter - UInt8(ascii: "A")
    case let letter where letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"):
      return letter - UInt8(ascii: "a") + 26
    case let digit where digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9"):
      return digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): return 62
    case UInt8(ascii: "/"): return 63
    default: return nil
    }
  }
}
