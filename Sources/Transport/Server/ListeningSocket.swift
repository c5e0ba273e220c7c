import CEvents
import Pipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A socket that takes connections in, on the reactor's thread.
final class ListeningSocket: SocketHandler {
  private static let backlog: Int32 = 1024
  /// Connections taken in one turn, so that a storm of them does not stop the streams.
  private static let acceptsPerTurn = 64
  /// How long to wait for others to close when no descriptor is left.
  private static let exhaustionPause = Duration.milliseconds(200)

  let descriptor: Int32
  private let reactor: Reactor
  private let onAccept: (ConnectedSocket, _ peer: String) -> Void
  private var isClosed = false

  init(
    _ descriptor: Int32, reactor: Reactor, onAccept: @escaping (ConnectedSocket, _ peer: String) -> Void
  ) {
    self.descriptor = descriptor
    self.reactor = reactor
    self.onAccept = onAccept
  }

  func start() { _ = reactor.turn.watch(descriptor, for: .read, onceAChange: false, self) }

  func socketReady(_ descriptor: Int32, _ readiness: Readiness) {
    for _ in 0..<Self.acceptsPerTurn {
      let accepted = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { address in
        let result = unsafe cevents_accept(descriptor, address.baseAddress, 64)
        return result < 0 ? (result, "") : unsafe (result, String(cString: address.baseAddress!))
      }
      switch accepted {
      case (0..., let peer): onAccept(ConnectedSocket(descriptor: accepted.0), peer)
      case (-EMFILE, _), (-ENFILE, _), (-ENOBUFS, _), (-ENOMEM, _): return pause()
      case (-EAGAIN, _), (-EWOULDBLOCK, _): return
      // The client has left the queue already, or a signal came in between.
      default: continue
      }
    }
  }

  /// The waiting client stays ready all the time: without a pause the loop would spin over it.
  private func pause() {
    reactor.turn.forget(descriptor)
    let me = ReactorBound(self, to: reactor)
    _ = reactor.wake(at: Reactor.now + Self.exhaustionPause) {
      if !me.value.isClosed { me.value.start() }
    }
  }

  func close() {
    if isClosed { return }
    isClosed = true
    reactor.turn.forget(descriptor)
    ConnectedSocket(descriptor: descriptor).close()
  }

  // MARK: Opening

  /// A listening socket's descriptor and where it listens.
  ///
  /// - Parameter host: a name or an address; of a name's addresses the first is taken.
  static func open(host: String, port: Int) throws(BindProblem) -> (
    descriptor: Int32, host: String, port: Int
  ) {
    guard var port = UInt16(exactly: port) else { throw BindProblem(host, port, "there is no such port") }
    var problem: UnsafePointer<CChar>?
    let result = unsafe cevents_listen(host, &port, backlog, &problem)
    if let problem = unsafe problem { throw BindProblem(host, Int(port), unsafe String(cString: problem)) }
    guard result >= 0 else { throw BindProblem(host, Int(port), -result) }
    return (result, host, Int(port))
  }
}

/// Why the server could not listen.
package struct BindProblem: Error, CustomStringConvertible {
  package let description: String

  fileprivate init(_ host: String, _ port: Int, _ code: Int32) {
    let words =
      switch code {
      case EADDRINUSE: "the port is in use by another program"
      case EADDRNOTAVAIL: "this machine does not have that address"
      case EACCES: "ports below 1024 need more rights"
      default: unsafe String(cString: strerror(code))
      }
    self.init(host, port, words)
  }

  fileprivate init(_ host: String, _ port: Int, _ words: String) {
    description = """
      cannot listen on \(host), port \(port): \(words). \
      Choose another with --host and --port, or in server of the configuration.
      """
  }
}
