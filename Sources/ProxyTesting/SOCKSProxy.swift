import Foundation
import Pipeline
import Synchronization

/// A SOCKS5 proxy on a real socket (RFC 1928, RFC 1929) that knows one name: whatever host it is asked for, it
/// connects to `target` on this machine.
package final class SOCKSProxy: Sendable {
  /// What a client asked for.
  package struct Asked: Sendable, Equatable {
    /// nil when the client sent an address that it had resolved itself.
    package var name: String?
    package var port: Int
    package var username: String?

    package init(name: String?, port: Int, username: String? = nil) {
      self.name = name
      self.port = port
      self.username = username
    }
  }

  private let listening: Socket
  private let target: Int
  private let account: (username: String, password: String)?
  private let state = Mutex((asked: [Asked](), sockets: [Socket]()))
  package let port: Int

  /// - Parameters:
  ///   - target: a port of this machine.
  ///   - account: what a client has to log in with; nil lets everybody in.
  package init(to target: Int, account: (username: String, password: String)? = nil) throws {
    self.target = target
    self.account = account
    (listening, port) = try Socket.listen()
    Thread.detachNewThread { [self] in
      while let client = listening.accept() {
        keep(client)
        Thread.detachNewThread { [self] in serve(client) }
      }
      listening.close()
    }
  }

  /// In the order of the connections; those that could not log in are left out.
  package var asked: [Asked] { state.withLock { $0.asked } }

  package func stop() {
    listening.shutDown()
    for socket in state.withLock({ $0.sockets }) { socket.shutDown() }
  }

  private func keep(_ socket: Socket) { state.withLock { $0.sockets.append(socket) } }

  private func serve(_ client: Socket) {
    var reader = SocketReader(client)
    if let username = logIn(client, &reader), var asked = Self.readRequest(&reader) {
      asked.username = username.isEmpty ? nil : username
      state.withLock { [asked] in $0.asked.append(asked) }
      if let upstream = try? Socket.connect(port: target) {
        keep(upstream)
        _ = client.send([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
        relay(client, upstream, early: reader.rest)
      }
    }
    client.close()
  }

  /// The user's name, empty when none is needed; nil when the client may not come in.
  private func logIn(_ client: Socket, _ reader: inout SocketReader) -> String? {
    guard let hello = reader.take(2), hello.first == 5, let methods = reader.take(Int(hello.last ?? 0)) else {
      return nil
    }
    let method: UInt8 = account == nil ? 0 : 2
    guard methods.contains(method) else {
      _ = client.send([5, 0xFF])
      return nil
    }
    _ = client.send([5, method])
    guard let account else { return "" }
    guard reader.take(1) == [1], let username = reader.takeText(), let password = reader.takeText() else {
      return nil
    }
    let isRight = username == account.username && password == account.password
    _ = client.send([1, isRight ? 0 : 1])
    return isRight ? username : nil
  }

  private static func readRequest(_ reader: inout SocketReader) -> Asked? {
    guard let head = reader.take(4).map(Array.init), head[0] == 5, head[1] == 1 else { return nil }
    var name: String?
    switch head[3] {
    case 3: name = reader.takeText()
    case 1: _ = reader.take(4)
    case 4: _ = reader.take(16)
    default: return nil
    }
    guard let port = reader.take(2).map(Array.init) else { return nil }
    return Asked(name: name, port: Int(port[0]) << 8 | Int(port[1]))
  }

  /// Passes bytes both ways until either side ends.
  private func relay(_ client: Socket, _ upstream: Socket, early: Bytes) {
    _ = upstream.send(early)
    Thread.detachNewThread {
      while let bytes = upstream.receive(), !bytes.isEmpty, client.send(bytes) {}
      client.shutDown()
    }
    while let bytes = client.receive(), !bytes.isEmpty, upstream.send(bytes) {}
    upstream.shutDown()
  }
}

/// Reads a socket by counted bytes.
private struct SocketReader {
  private let socket: Socket
  private var buffer: [UInt8] = []

  init(_ socket: Socket) { self.socket = socket }

  /// What was read and not taken.
  var rest: Bytes { Bytes(buffer) }

  /// nil when the peer leaves before so many bytes came.
  mutating func take(_ count: Int) -> Bytes? {
    while buffer.count < count {
      guard let more = socket.receive(), !more.isEmpty else { return nil }
      buffer += more
    }
    defer { buffer.removeFirst(count) }
    return Bytes(Array(buffer.prefix(count)))
  }

  /// A text after a byte that says its length.
  mutating func takeText() -> String? {
    guard let length = take(1)?.first else { return nil }
    return take(Int(length))?.text
  }
}
