import Foundation
import Pipeline
import Testing

@testable import Stages

@Suite struct ImageSizeTests {
  private func size(_ bytes: [UInt8]) -> ImageSize? {
    let text = Array(Data(bytes).base64EncodedString().utf8)
    return unsafe text.withUnsafeBufferPointer { unsafe ImageSize(base64: $0) }
  }

  private func png(_ width: UInt8, _ height: UInt8) -> [UInt8] {
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
      + [0, 0, width, 0x10, 0, 0, height, 0x20, 8, 6]
  }

  private let jpeg: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC4, 0, 3, 9] + [0xFF, 0xC2, 0, 17, 8, 1, 0x2C, 2, 0x58, 3]

  @Test func `reads the size of PNG and JPEG`() {
    #expect(size(png(2, 3)) == ImageSize(width: 0x210, height: 0x320))
    #expect(size(jpeg) == ImageSize(width: 600, height: 300))
  }

  @Test func `of a picture cut short, or of another kind, nothing is known`() {
    for end in 0..<20 { #expect(size(Array(png(2, 3)[..<end])) == nil) }
    for end in 0..<jpeg.count - 1 { #expect(size(Array(jpeg[..<end])) == nil) }
    #expect(size(Array("GIF89a".utf8)) == nil)
    #expect(size([0xFF, 0xD8] + Array(repeating: [0xFF, 0xE0, 0, 0], count: 90).joined()) == nil)
    let text = Array("iVBO!!!!".utf8)
    #expect(unsafe text.withUnsafeBufferPointer { unsafe ImageSize(base64: $0) } == nil)
  }

  @Test(arguments: [
    (1000, 750, 1000), (200, 200, 54), (3136, 500, 523), (1568, 1568, 1600), (1, 1, 1), (0, 5, 1600),
    (Int(UInt32.max), Int(UInt32.max), 1600), (Int(UInt32.max), 1, 1),
  ])
  func `750 pixels are a token, up to a limit`(_ width: Int, _ height: Int, _ tokens: Int) {
    #expect(ImageSize(width: width, height: height).tokens == tokens)
  }

  @Test func `a picture in a request counts by its size`() {
    let data = Data(png(2, 3)).base64EncodedString()
    let body = #"{"messages":[{"content":[{"type":"image","source":{"type":"base64","data":"\#(data)"}}]}]}"#
    #expect(
      TokenEstimate(of: Bytes(utf8: body)).inputTokens == 4 + ImageSize(width: 0x210, height: 0x320).tokens)
  }
}
