import CZlib
package import Pipeline

/// Compresses as an endpoint does that streams gzip: what was added can be read as soon as it arrives.
@safe
package final class Gzip {
  /// zlib keeps a pointer to it, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  package init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    _ = unsafe czlib_gzip_begin(stream)
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// The bytes to send for `bytes`; `isLast` ends the stream.
  package func packing(_ bytes: Bytes, isLast: Bool = false) -> Bytes {
    var input = Array(bytes)
    // The bound is that of a stream of its own; a flush adds a few bytes.
    var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(stream, UInt(input.count))) + 64)
    let written = unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe stream.pointee.next_in = source.baseAddress
        unsafe stream.pointee.avail_in = UInt32(source.count)
        unsafe stream.pointee.next_out = target.baseAddress
        unsafe stream.pointee.avail_out = UInt32(target.count)
        _ = unsafe deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
        return unsafe target.count - Int(stream.pointee.avail_out)
      }
    }
    return output[..<written]
  }

  /// All of `bytes` at once.
  package static func packed(_ bytes: Bytes) -> Bytes { Gzip().packing(bytes, isLast: true) }
}
