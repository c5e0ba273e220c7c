import CZlib
import NIOCore

/// Decompresses a gzip body as it arrives, and stops as soon as the result is too large.
@safe
final class Gunzip {
  enum Problem {
    case tooLarge
    case malformed
  }

  private let limit: Int
  private(set) var output: [UInt8] = []
  /// zlib keeps a pointer to it, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var block = [UInt8](repeating: 0, count: 64 * 1024)
  private var hasInput = false
  private var hasEnded = false

  init(limit: Int) {
    self.limit = limit
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // Fails only without memory; then `inflate` reports it.
    _ = unsafe czlib_gunzip_begin(stream)
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Whether the stream has ended; no bytes at all are an empty body.
  var isWhole: Bool { hasEnded || !hasInput }

  /// Takes the next bytes; nil if all is well so far.
  func receive(_ input: ByteBuffer) -> Problem? {
    guard input.readableBytes > 0 else { return nil }
    hasInput = true
    // Bytes after the end would be a second member: nobody sends those.
    guard !hasEnded else { return .malformed }
    return unsafe input.withUnsafeReadableBytes { unsafe inflateAll($0) }
  }

  private func inflateAll(_ input: UnsafeRawBufferPointer) -> Problem? {
    // zlib takes a mutable pointer and writes nothing through it.
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.bindMemory(to: UInt8.self).baseAddress)
    unsafe stream.pointee.avail_in = UInt32(input.count)
    while true {
      let (status, written) = inflateBlock()
      output += block[..<written]
      guard output.count <= limit else { return .tooLarge }
      switch status {
      case Z_STREAM_END:
        hasEnded = true
        return unsafe stream.pointee.avail_in == 0 ? nil : .malformed
      case Z_OK, Z_BUF_ERROR:
        // A full block may have left more inside; otherwise the input is used up.
        if written < block.count { return nil }
      default: return .malformed
      }
    }
  }

  private func inflateBlock() -> (status: Int32, written: Int) {
    unsafe block.withUnsafeMutableBufferPointer { target in
      unsafe stream.pointee.next_out = target.baseAddress
      unsafe stream.pointee.avail_out = UInt32(target.count)
      let status = unsafe inflate(stream, Z_NO_FLUSH)
      return unsafe (status, target.count - Int(stream.pointee.avail_out))
    }
  }
}
