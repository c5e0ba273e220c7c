import CZlib
import Crypto
import Foundation
package import Pipeline

/// One file of the pages, ready to be sent.
package struct WebFile: Sendable, Equatable {
  package let type: String
  package let bytes: Bytes
  /// Nil where it would not be smaller.
  package let gzipped: Bytes?
  /// In quotes: strong, made of the bytes.
  package let tag: String

  /// - Parameter path: tells the type by its ending.
  init(_ bytes: Bytes, path: String) {
    type = Self.type(of: path)
    self.bytes = bytes
    let packed = type.hasPrefix("text/") || type.hasPrefix("application/") ? Self.compressed(bytes) : nil
    gzipped = packed.flatMap { $0.count < bytes.count ? $0 : nil }
    tag = "\"" + hexadecimal(SHA256.hash(data: bytes).prefix(16)) + "\""
  }

  private static func type(of path: String) -> String {
    switch path.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js", "mjs": "text/javascript; charset=utf-8"
    case "json", "map": "application/json"
    case "txt", "md": "text/plain; charset=utf-8"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "ico": "image/vnd.microsoft.icon"
    case "woff2": "font/woff2"
    default: "application/octet-stream"
    }
  }

  private static func compressed(_ bytes: Bytes) -> Bytes? {
    var stream = unsafe z_stream()
    guard unsafe czlib_gzip_begin(&stream) == Z_OK else { return nil }
    defer { unsafe deflateEnd(&stream) }
    var input = Array(bytes)
    var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(&stream, UInt(input.count))))
    let count = unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target -> Int? in
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(source.count)
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = UInt32(target.count)
        guard unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
        return unsafe target.count - Int(stream.avail_out)
      }
    }
    return count.map { output[..<$0] }
  }
}
