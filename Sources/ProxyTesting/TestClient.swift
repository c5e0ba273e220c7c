import Foundation
package import Pipeline
import Synchronization

/// A client on a real socket that shows every byte it got, and how the connection ended.
package final class TestClient: Sendable {
  package enum Ending: Sendable, Equatable { case closed, reset }

  private struct State {
    var bytes: [UInt8] = []
    var ending: Ending?
    var watchers: [@Sendable (Bytes, Ending?) -> Bool] = []
  }

  private let socket: Socket
  private let state = Mutex(State())

  /// - Parameter reads: false for a client that takes nothing until `startReading()`.
  package init(port: Int, reads: Bool = true) throws {
    socket = try Socket.connect(port: port)
    if reads { startReading() }
  }

  package func startReading() {
    Thread.detachNewThread { [self] in
      while true {
        let bytes = socket.receive()
        let isOver = bytes?.isEmpty ?? true
        state.withLock { state in
          if let bytes { state.bytes += bytes }
          if isOver { state.ending = bytes == nil ? .reset : .closed }
          state.watchers.removeAll { $0(Bytes(state.bytes), state.ending) }
        }
        if isOver { return }
      }
    }
  }

  /// Takes everything as fast as it comes and throws it away, in place of `startReading()`.
  ///
  /// - Parameter progress: told after each read how many bytes came so far.
  package func startDiscarding(_ progress: @escaping @Sendable (Int) -> Void) {
    Thread.detachNewThread { [socket] in
      var count = 0
      while let bytes = socket.receive(), !bytes.isEmpty {
        count += bytes.count
        progress(count)
      }
    }
  }

  package func send(_ text: String) { _ = socket.send(Bytes(utf8: text)) }
  package func send(_ bytes: Bytes) { _ = socket.send(bytes) }

  /// Sends a request with a body and `Connection: close`.
  package func post(_ path: String, _ body: String, fields: [String] = []) {
    let lines = fields.map { "\($0)\r\n" }.joined()
    send(
      "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\(lines)Connection: close\r\n\r\n\(body)")
  }

  /// Waits until `condition` holds for all bytes so far; returns them. Also returns when the connection ends.
  @discardableResult
  package func received(until condition: @escaping @Sendable (Bytes) -> Bool) async -> Bytes {
    await withCheckedContinuation { continuation in
      let watcher: @Sendable (Bytes, Ending?) -> Bool = { bytes, ending in
        guard ending != nil || condition(bytes) else { return false }
        continuation.resume(returning: bytes)
        return true
      }
      state.withLock { state in
        if !watcher(Bytes(state.bytes), state.ending) { state.watchers.append(watcher) }
      }
    }
  }

  /// Waits until the text so far contains `text`.
  @discardableResult
  package func received(text: String) async -> String {
    await received { $0.text.contains(text) }.text
  }

  /// Waits for the end of the connection.
  package func reply() async -> TestReply {
    let bytes = await received { _ in false }
    return TestReply(bytes, ending: state.withLock { $0.ending })
  }

  package func close() { socket.shutDown() }
  /// Leaves with a reset instead of an end.
  package func reset() { socket.reset() }

  deinit { socket.close() }
}

/// A response taken apart.
package struct TestReply: Sendable {
  package var status: Int
  package var head: String
  /// The body without its chunk framing.
  package var body: Bytes
  /// Content-Length or the last chunk was reached.
  package var isWhole: Bool
  package var ending: TestClient.Ending?

  package init(_ bytes: Bytes, ending: TestClient.Ending?) {
    self.ending = ending
    let split = bytes.firstRange(of: [13, 10, 13, 10])
    head = bytes[..<(split?.lowerBound ?? bytes.endIndex)].text
    status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
    let rest = split.map { bytes[$0.upperBound...] } ?? []
    let lower = head.lowercased()
    if lower.contains("transfer-encoding: chunked") {
      (body, isWhole) = Self.dechunk(rest)
    } else {
      body = rest
      let length = lower.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
      isWhole = length.map { $0 == rest.count } ?? (ending == .closed)
    }
  }

  private static func dechunk(_ bytes: Bytes) -> (Bytes, Bool) {
    var body: [UInt8] = []
    var rest = bytes
    while let line = rest.firstRange(of: [13, 10]) {
      guard let size = Int(rest[..<line.lowerBound].text, radix: 16) else { return (Bytes(body), false) }
      if size == 0 { return (Bytes(body), true) }
      let start = line.upperBound
      guard rest.endIndex - start >= size + 2 else { return (Bytes(body) + rest[start...], false) }
      body += rest[start..<start + size]
      rest = rest[(start + size + 2)...]
    }
    return (Bytes(body), false)
  }
}
