import CZlib
import Pipeline

/// Decompresses a gzip body as it arrives, and stops as soon as the result is too large.
@safe
final class Gunzip {
  enum Problem: Error, Equatable {
    case tooLarge
    case malformed
  }

  private var stream: z_stream
  private let limit: Int
  private(set) var output: [UInt8] = []
  private var isDone = false

  init(limit: Int) {
    self.limit = limit
    unsafe stream = unsafe z_stream()
    // Fails only without memory, when the first `inflate` reports it.
    _ = unsafe czlib_gunzip_begin(&stream)
  }

  deinit { unsafe inflateEnd(&stream) }

  func receive(_ input: [UInt8]) throws(Problem) {
    guard !input.isEmpty else { return }
    guard !isDone else { throw .malformed }
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    var input = input
    var consumed = 0
    repeat {
      let (status, read, written) = step(&input, from: consumed, &chunk)
      guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR && read == 0 else {
        throw .malformed
      }
      consumed += read
      output += chunk[..<written]
      guard output.count <= limit else { throw .tooLarge }
      if status == Z_STREAM_END {
        isDone = true
        // Bytes after the end would be a second member: nobody sends those.
        guard consumed == input.count else { throw .malformed }
        return
      }
      // A full chunk may have left more in the window.
      if consumed == input.count, written < chunk.count { return }
    } while true
  }

  /// The whole body; throws if the stream has not ended.
  func finish() throws(Problem) -> [UInt8] {
    guard isDone else { throw .malformed }
    return output
  }

  private func step(
    _ input: inout [UInt8], from start: Int, _ chunk: inout [UInt8]
  ) -> (status: Int32, read: Int, written: Int) {
    let available = input.count - start
    return unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe chunk.withUnsafeMutableBufferPointer { target in
        unsafe stream.next_in = source.baseAddress! + start
        unsafe stream.avail_in = UInt32(available)
        unsafe stream.next_out = target.baseAddress!
        unsafe stream.avail_out = UInt32(target.count)
        let status = unsafe inflate(&stream, Z_NO_FLUSH)
        return unsafe (status, available - Int(stream.avail_in), target.count - Int(stream.avail_out))
      }
    }
  }
}
