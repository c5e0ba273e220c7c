/// One client: asks, and reads the answer to its end.
final class LoadConnection {
  enum Progress {
    case waiting
    case whole
    case broken(String)
  }

  private let port: Int
  private let events: Int?
  private(set) var socket: Socket?
  private var parser = MessageParser(.response)
  private var scanner = StampScanner()
  private var sent = 0
  private var eventsSeen = 0
  private(set) var isAsking = false
  private(set) var asked: Nanoseconds = 0

  init(_ plan: LoadPlan) {
    port = plan.port
    events = plan.events
  }

  /// The answer has text, as far as it came.
  var hasText: Bool { eventsSeen > 0 }

  /// Connects if need be; true when the socket is a new one.
  func connect() throws(BenchProblem) -> Bool {
    guard socket == nil else { return false }
    socket = try Socket.connect(port: port)
    return true
  }

  /// Begins a request. `isSent` tells whether all of it left.
  func ask(_ request: [UInt8]) -> Progress {
    parser.begin()
    scanner.begin()
    eventsSeen = 0
    sent = 0
    isAsking = true
    asked = .now
    return send(request)
  }

  func isSent(_ request: [UInt8]) -> Bool { sent == request.count }

  /// Sends on.
  func send(_ request: [UInt8]) -> Progress {
    guard let socket else { return .waiting }
    while sent < request.count {
      let result = unsafe request.withUnsafeBytes { buffer in
        unsafe socket.send(UnsafeRawBufferPointer(rebasing: buffer[sent...]))
      }
      switch result {
      case .moved(let count): sent += count
      case .wouldBlock: return .waiting
      case .failed: return fail("the connection broke while the request was sent")
      }
    }
    return .waiting
  }

  /// Reads what is there, and hands the stamp of each event to `event`.
  func receive(
    into buffer: UnsafeMutableRawBufferPointer, _ event: (_ sent: Nanoseconds, _ isFirst: Bool) -> Void
  ) -> Progress {
    guard let socket else { return .waiting }
    switch unsafe socket.receive(into: buffer) {
    case .wouldBlock: return .waiting
    case .failed: return fail("the connection was reset")
    case .moved(0): return end()
    case .moved(let count):
      do {
        _ = unsafe try parser.consume(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { payload in
          unsafe scanner.scan(payload) { sent in
            eventsSeen += 1
            event(sent, eventsSeen == 1)
          }
        }
      } catch {
        return fail("\(error)")
      }
      return parser.isDone ? finish() : .waiting
    }
  }

  /// The peer closed the connection.
  private func end() -> Progress {
    guard isAsking else {
      close()
      return .waiting
    }
    do {
      try parser.finish()
    } catch {
      return fail("the answer was cut after \(eventsSeen) events")
    }
    defer { close() }
    return finish()
  }

  private func finish() -> Progress {
    isAsking = false
    if parser.closes { close() }
    guard parser.status == 200 else { return fail("the answer's status is \(parser.status)") }
    guard let events else { return .whole }
    guard eventsSeen == events else { return fail("\(eventsSeen) of \(events) events came") }
    return scanner.sawStop ? .whole : fail("the answer has no message_stop")
  }

  private func fail(_ reason: String) -> Progress {
    isAsking = false
    close()
    return .broken(reason)
  }

  func close() {
    socket?.close()
    socket = nil
  }
}
