import CBench
import Foundation

/// An endpoint that streams events on time, as cheaply as one thread can: the far end of every benchmark.
///
/// It listens on two ports, for two endpoints, prints them, and takes a plan a line from standard input, each
/// of which it acknowledges with a line. The end of standard input ends it.
package final class UpstreamServer {
  /// Bytes of one send go to the next connection's turn after so many sends back to back.
  private static let sendsPerTurn = 8

  private let poller: Poller
  private let listeners: [(socket: Socket, port: Int)]
  private var connections: [Int32: UpstreamConnection] = [:]
  private var plan = UpstreamPlan(events: 1)
  private var command: [UInt8] = []
  private var isRunning = true

  /// Answers whose next event waits for its time, by that time: all gaps of a plan are equal.
  private var waiting: [UpstreamConnection] = []
  private var firstWaiting = 0
  /// Answers that go back to back.
  private var flooding: [UpstreamConnection] = []

  private let buffer = ReadBuffer()

  package init() throws(BenchProblem) {
    poller = try Poller()
    listeners = [try Socket.listen(), try Socket.listen()]
    for listener in listeners { poller.add(listener.socket.descriptor) }
  }

  /// Serves until standard input ends.
  package func run() {
    say(listeners.map { String($0.port) }.joined(separator: " "))
    poller.add(FileHandle.standardInput.fileDescriptor)
    while isRunning {
      let next = firstWaiting < waiting.count ? waiting[firstWaiting].due - .now : nil
      for event in poller.wait(atMost: flooding.isEmpty ? next : 0) {
        handle(event.descriptor, readable: event.readable, writable: event.writable)
      }
      sendDue()
      flood()
    }
  }

  private func handle(_ descriptor: Int32, readable: Bool, writable: Bool) {
    if let connection = connections[descriptor] {
      if writable {
        connection.flush()
        if !connection.hasPending { resume(connection) }
      }
      if readable, unsafe connection.receive(into: buffer.bytes) { answer(connection) }
      forgetIfClosed(connection)
    } else if let index = listeners.firstIndex(where: { $0.socket.descriptor == descriptor }) {
      while let socket = listeners[index].socket.accept() {
        connections[socket.descriptor] = UpstreamConnection(socket, isFirstEndpoint: index == 0)
        poller.add(socket.descriptor)
      }
    } else {
      readCommands()
    }
  }

  /// What was kept has gone out.
  private func resume(_ connection: UpstreamConnection) {
    poller.watch(connection.socket.descriptor, writable: false)
    if connection.isBackToBack, connection.eventsLeft > 0 { flooding.append(connection) }
  }

  private func forgetIfClosed(_ connection: UpstreamConnection) {
    if !connection.isOpen, connections[connection.socket.descriptor] === connection {
      connections[connection.socket.descriptor] = nil
    }
  }

  // MARK: Answers

  private func answer(_ connection: UpstreamConnection) {
    connection.script = connection.isChat ? .chat : .messages
    guard let events = plan.events else { return send(connection.script.message, to: connection) }
    send(connection.script.opening, to: connection)
    guard !(plan.firstEndpointBreaks && connection.isFirstEndpoint) else {
      connection.close()
      return
    }
    connection.eventsLeft = events
    connection.isBackToBack = plan.gap == 0
    if connection.isBackToBack {
      flooding.append(connection)
    } else {
      sendEvent(to: connection)
      connection.due = .now + plan.gap
      if connection.eventsLeft > 0 { waiting.append(connection) }
    }
  }

  private func sendEvent(to connection: UpstreamConnection) {
    connection.eventsLeft -= 1
    send(connection.script.stampedEvent(), to: connection)
    if connection.eventsLeft == 0 { send(connection.script.ending, to: connection) }
  }

  private func send(_ bytes: [UInt8], to connection: UpstreamConnection) {
    let hadPending = connection.hasPending
    connection.send(bytes)
    if connection.hasPending, !hadPending { poller.watch(connection.socket.descriptor, writable: true) }
    forgetIfClosed(connection)
  }

  private func sendDue() {
    while firstWaiting < waiting.count, waiting[firstWaiting].due <= .now {
      let connection = waiting[firstWaiting]
      firstWaiting += 1
      guard connection.isOpen, connection.eventsLeft > 0 else { continue }
      sendEvent(to: connection)
      connection.due += plan.gap
      if connection.eventsLeft > 0, connection.isOpen { waiting.append(connection) }
    }
    if firstWaiting > 65_536 || firstWaiting == waiting.count {
      waiting.removeFirst(firstWaiting)
      firstWaiting = 0
    }
  }

  private func flood() {
    guard !flooding.isEmpty else { return }
    for connection in flooding {
      var turn = 0
      while turn < Self.sendsPerTurn, connection.isOpen, !connection.hasPending, connection.eventsLeft > 0 {
        sendBatch(to: connection)
        turn += 1
      }
    }
    flooding.removeAll { !$0.isOpen || $0.eventsLeft == 0 || $0.hasPending }
  }

  private func sendBatch(to connection: UpstreamConnection) {
    let count = min(plan.eventsPerSend, connection.eventsLeft)
    let event = connection.script.stampedEvent()
    var batch: [UInt8] = []
    batch.reserveCapacity(count * event.count + connection.script.ending.count)
    for _ in 0..<count { batch += event }
    connection.eventsLeft -= count
    if connection.eventsLeft == 0 { batch += connection.script.ending }
    send(batch, to: connection)
  }

  // MARK: Commands

  private func readCommands() {
    let count = unsafe read(
      FileHandle.standardInput.fileDescriptor, buffer.bytes.baseAddress, buffer.bytes.count)
    guard count > 0 else {
      isRunning = false
      return
    }
    unsafe command.append(contentsOf: buffer.bytes[..<count])
    while let end = command.firstIndex(of: UInt8(ascii: "\n")) {
      if let plan = try? JSONDecoder().decode(UpstreamPlan.self, from: Data(command[..<end])) {
        self.plan = plan
        say("ready")
      } else {
        say("not understood")
      }
      command.removeSubrange(...end)
    }
  }

  private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
