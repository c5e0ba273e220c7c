import Foundation
package import Pipeline
import Synchronization

/// An endpoint on a real socket that does exactly what its scripts say: the n-th request gets the n-th script,
/// later ones the last.
package final class ScriptedUpstream: Sendable {
  /// One thing an endpoint does with a request it has read.
  package enum Action: Sendable {
    /// Bytes on the wire as they are.
    case raw(Bytes)
    /// A status line and fields; the body follows in chunks (`chunked`) or until the connection closes.
    case head(Int, [String: String])
    /// One piece of a chunked body.
    case chunk(Bytes)
    /// The end of a chunked body.
    case end
    /// The same piece of a chunked body again and again, without a pause, until the test opens the gate.
    case flood(Bytes, until: Gate)
    /// Waits until the test opens the gate.
    case wait(Gate)
    /// Tells the test that this point was reached.
    case reach(Gate)
    /// Closes properly in the middle of whatever it was.
    case close
    /// Closes with a reset.
    case reset
    /// Waits until the peer closes, then opens the gate.
    case awaitClose(Gate)
  }

  package typealias Script = [Action]

  /// A request as it arrived.
  package struct Received: Sendable {
    /// Request line and fields, as text.
    package var head: String
    package var body: Bytes
    /// Counts connections from 1.
    package var connection: Int

    /// The value of a field, names compared without case.
    package func field(_ name: String) -> String? {
      for line in head.split(separator: "\r\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0].lowercased() == name.lowercased() {
          return parts[1].trimmingCharacters(in: .whitespaces)
        }
      }
      return nil
    }
  }

  private struct State {
    var received: [Received] = []
    var connections: [Socket] = []
    var isStopped = false
  }

  private let listening: Socket
  private let scripts: [Script]
  private let state = Mutex(State())
  package let port: Int

  package init(_ scripts: Script...) throws {
    self.scripts = scripts
    (listening, port) = try Socket.listen()
    Thread.detachNewThread { [self] in acceptAll() }
  }

  package var url: String { "http://127.0.0.1:\(port)" }
  package var received: [Received] { state.withLock { $0.received } }
  package var connectionCount: Int { state.withLock { $0.connections.count } }

  /// Ends every connection and thread of this endpoint.
  package func stop() {
    let connections = state.withLock { state -> [Socket] in
      state.isStopped = true
      return state.connections
    }
    listening.shutDown()
    for connection in connections { connection.shutDown() }
  }

  private func acceptAll() {
    while let connection = listening.accept() {
      let (number, isStopped) = state.withLock { state -> (Int, Bool) in
        state.connections.append(connection)
        return (state.connections.count, state.isStopped)
      }
      if isStopped { break }
      Thread.detachNewThread { [self] in serve(connection, number: number) }
    }
    listening.close()
  }

  private func serve(_ socket: Socket, number: Int) {
    var buffer: [UInt8] = []
    while let request = Self.readRequest(from: socket, &buffer, connection: number) {
      let index = state.withLock { state -> Int in
        state.received.append(request)
        return state.received.count - 1
      }
      guard !scripts.isEmpty, perform(scripts[min(index, scripts.count - 1)], on: socket) else { return }
    }
    socket.close()
  }

  /// Runs a script; false when the connection is over.
  private func perform(_ script: Script, on socket: Socket) -> Bool {
    for action in script {
      switch action {
      case .raw(let bytes): _ = socket.send(bytes)
      case .head(let status, let fields):
        let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        _ = socket.send(Bytes(utf8: "HTTP/1.1 \(status) Scripted\r\n\(lines)\r\n"))
      case .chunk(let bytes): _ = socket.send(Self.chunk(bytes))
      case .flood(let bytes, let gate):
        // A test that forgets its gate must not be flooded for ever.
        for _ in 0..<(Self.floodLimit / max(1, bytes.count)) where !gate.isOpen {
          guard socket.send(Self.chunk(bytes)) else { return false }
        }
      case .end: _ = socket.send(Bytes(utf8: "0\r\n\r\n"))
      case .wait(let gate): Self.block(until: gate)
      case .reach(let gate): gate.open()
      case .close:
        socket.close()
        return false
      case .reset:
        socket.reset()
        return false
      case .awaitClose(let gate):
        while let bytes = socket.receive(), !bytes.isEmpty {}
        gate.open()
        socket.close()
        return false
      }
    }
    return true
  }

  private static let floodLimit = 1 << 30

  private static func chunk(_ bytes: Bytes) -> Bytes {
    Bytes(utf8: String(bytes.count, radix: 16) + "\r\n") + bytes + [13, 10]
  }

  private static func block(until gate: Gate) {
    let semaphore = DispatchSemaphore(value: 0)
    gate.onOpen { semaphore.signal() }
    // A test that forgets its gate must not leave a thread behind for ever.
    _ = semaphore.wait(timeout: .now() + 60)
  }

  private static func readRequest(
    from socket: Socket, _ buffer: inout [UInt8], connection: Int
  ) -> Received? {
    while true {
      if let headEnd = Bytes(buffer).firstRange(of: [13, 10, 13, 10]) {
        let head = Bytes(buffer[..<headEnd.lowerBound]).text
        var request = Received(head: head, body: [], connection: connection)
        let length = Int(request.field("content-length") ?? "0") ?? 0
        let end = headEnd.upperBound + length
        if buffer.count >= end {
          request.body = Bytes(Array(buffer[headEnd.upperBound..<end]))
          buffer.removeFirst(end)
          return request
        }
      }
      guard let more = socket.receive(), !more.isEmpty else { return nil }
      buffer += more
    }
  }
}
