import NIOCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Channel {
  /// Makes the next `close` a reset, which a peer that waits for the end takes for an error.
  func resetOnClose() {
    _ = (self as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
  }
}
