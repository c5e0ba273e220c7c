import CEvents

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A client's socket. On the reactor's thread only.
struct ConnectedSocket {
  enum Received {
    case bytes(Int)
    /// The peer has closed its side.
    case end
    case nothingNow
    case broken
  }

  enum Sent {
    case bytes(Int)
    case nothingNow
    case broken
  }

  let descriptor: Int32

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
    switch unsafe cevents_receive(descriptor, buffer.baseAddress, buffer.count) {
    case 0: .end
    case let count where count > 0: .bytes(count)
    case Int(-EAGAIN), Int(-EWOULDBLOCK): .nothingNow
    default: .broken
    }
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Sent {
    switch unsafe cevents_send(descriptor, bytes.baseAddress, bytes.count) {
    case let count where count >= 0: .bytes(count)
    case Int(-EAGAIN), Int(-EWOULDBLOCK), Int(-ENOBUFS): .nothingNow
    default: .broken
    }
  }

  /// Sends what the kernel takes; the rest stays. False if the connection is broken.
  func send(_ output: inout OutputBuffer) -> Bool {
    var (isFull, isBroken) = (false, false)
    while !output.isEmpty, !isFull, !isBroken {
      unsafe output.drain { bytes in
        switch unsafe send(bytes) {
        case .bytes(let count): return count
        case .nothingNow: isFull = true
        case .broken: isBroken = true
        }
        return 0
      }
    }
    return !isBroken
  }

  /// Says that nothing more will be sent.
  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Makes `close` a reset, which a peer that waits for the end takes for an error.
  func resetOnClose() { cevents_reset_on_close(descriptor) }

  func close() {
    #if canImport(Glibc)
      Glibc.close(descriptor)
    #else
      Darwin.close(descriptor)
    #endif
  }
}
