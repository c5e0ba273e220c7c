import Pipeline
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A blocking TCP socket on 127.0.0.1; the one file of this target that talks to the operating system.
final class Socket: Sendable {
  let descriptor: Int32
  /// A closed descriptor's number may already belong to somebody else's socket.
  private let isClosed = Mutex(false)

  private init(descriptor: Int32) { self.descriptor = descriptor }

  struct Problem: Error, CustomStringConvertible {
    var call: String
    var number: Int32

    init(_ call: String) {
      self.call = call
      number = errno
    }

    var description: String { "\(call) failed with errno \(number)" }
  }

  private static func make() throws(Problem) -> Socket {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { throw Problem("socket") }
    return Socket(descriptor: descriptor)
  }

  /// Listens on a free port.
  static func listen() throws(Problem) -> (socket: Socket, port: Int) {
    let listening = try make()
    var address = loopback(port: 0)
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(listening.descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, Self.beginListening(listening.descriptor) == 0 else { throw Problem("bind") }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe getsockname(listening.descriptor, pointer, &length)
      }
    }
    return (listening, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func beginListening(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.listen(descriptor, 512)
    #else
      Darwin.listen(descriptor, 512)
    #endif
  }

  static func connect(port: Int) throws(Problem) -> Socket {
    let socket = try make()
    var address = loopback(port: port)
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        #if canImport(Glibc)
          unsafe Glibc.connect(socket.descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
        #else
          unsafe Darwin.connect(socket.descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
        #endif
      }
    }
    guard result == 0 else { throw Problem("connect") }
    socket.set(IPPROTO_TCP_NUMBER, TCP_NODELAY)
    return socket
  }

  /// The next connection; nil once the socket was shut down.
  func accept() -> Socket? {
    #if canImport(Glibc)
      let accepted = Glibc.accept(descriptor, nil, nil)
    #else
      let accepted = unsafe Darwin.accept(descriptor, nil, nil)
    #endif
    guard accepted >= 0 else { return nil }
    let socket = Socket(descriptor: accepted)
    socket.set(IPPROTO_TCP_NUMBER, TCP_NODELAY)
    return socket
  }

  /// Sends all of it; false when the peer is gone.
  func send(_ bytes: Bytes) -> Bool {
    unsafe bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        #if canImport(Glibc)
          let count = unsafe Glibc.send(
            descriptor, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
        #else
          let count = unsafe Darwin.send(descriptor, buffer.baseAddress! + sent, buffer.count - sent, 0)
        #endif
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// What came next: bytes, empty at the end of the stream, nil after a reset.
  func receive() -> Bytes? {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
    return count < 0 ? nil : buffer[..<count]
  }

  /// Wakes whoever waits on the socket; it stays allocated until `close`.
  func shutDown() {
    isClosed.withLock { isClosed in
      if !isClosed { _ = shutdown(descriptor, shutdownBoth) }
    }
  }

  func close() {
    isClosed.withLock { isClosed in
      guard !isClosed else { return }
      isClosed = true
      #if canImport(Glibc)
        _ = Glibc.close(descriptor)
      #else
        _ = Darwin.close(descriptor)
      #endif
    }
  }

  /// Closes with a reset, so that the peer sees an error instead of an end.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    // A thread that still waits in `receive` would keep the socket open behind our back.
    _ = shutdown(descriptor, shutdownReading)
    close()
  }

  private func set(_ level: Int32, _ option: Int32) {
    var on: Int32 = 1
    _ = unsafe setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    return address
  }
}

#if canImport(Glibc)
  private let IPPROTO_TCP_NUMBER = Int32(IPPROTO_TCP)
  private let shutdownBoth = Int32(SHUT_RDWR)
  private let shutdownReading = Int32(SHUT_RD)
#else
  private let IPPROTO_TCP_NUMBER = IPPROTO_TCP
  private let shutdownBoth = SHUT_RDWR
  private let shutdownReading = SHUT_RD
#endif
