import CZstd

/// Bytes of a body that go into one zstd frame, at most.
let blockSize = 128 << 10

/// Compresses blocks, one at a time, with one context and one buffer for all of them.
@safe
final class BlockCompressor {
  private let context: OpaquePointer
  private var buffer: [UInt8]
  private let level: CInt = 1

  init() throws(JournalError) {
    guard let context = unsafe ZSTD_createCCtx() else {
      throw JournalError(.fileFailed, "no memory for a zstd context")
    }
    unsafe self.context = context
    buffer = [UInt8](repeating: 0, count: ZSTD_compressBound(blockSize))
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// One whole frame. `raw` has `blockSize` bytes at most.
  func compress(_ raw: ArraySlice<UInt8>) throws(JournalError) -> [UInt8] {
    let length = unsafe buffer.withUnsafeMutableBytes { target in
      unsafe raw.withUnsafeBytes { source in
        unsafe ZSTD_compressCCtx(
          context, target.baseAddress, target.count, source.baseAddress, source.count, level)
      }
    }
    guard ZSTD_isError(length) == 0, length <= buffer.count else {
      throw JournalError(
        .fileFailed, "zstd cannot compress: \(unsafe String(cString: ZSTD_getErrorName(length)))")
    }
    return Array(buffer[..<length])
  }
}

/// Gets blocks back, one at a time, with one context for all of them.
@safe
final class BlockDecompressor {
  private let context: OpaquePointer

  init() throws(JournalError) {
    guard let context = unsafe ZSTD_createDCtx() else {
      throw JournalError(.damaged, "no memory for a zstd context")
    }
    unsafe self.context = context
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  /// The bytes of one frame, of which there must be exactly `rawLength`.
  func decompress(_ frame: ArraySlice<UInt8>, rawLength: Int) throws(JournalError) -> [UInt8] {
    guard (0...blockSize).contains(rawLength) else {
      throw JournalError(.damaged, "a block claims \(rawLength) bytes")
    }
    var raw = [UInt8](repeating: 0, count: rawLength)
    let length = unsafe raw.withUnsafeMutableBytes { target in
      unsafe frame.withUnsafeBytes { source in
        unsafe ZSTD_decompressDCtx(
          context, target.baseAddress, target.count, source.baseAddress, source.count)
      }
    }
    guard ZSTD_isError(length) == 0, length == rawLength else {
      throw JournalError(.damaged, "a block of a body cannot be decompressed")
    }
    return raw
  }
}
