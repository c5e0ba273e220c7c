import CBench

/// Asks as a plan says, on one thread, and measures when what arrives.
package final class LoadGenerator {
  /// With so many failures there is nothing left to measure.
  private static let failureLimit = 100

  private let plan: LoadPlan
  private let request: [UInt8]
  private let poller: Poller
  private let connections: [LoadConnection]
  private var byDescriptor: [Int32: LoadConnection] = [:]
  private var report = LoadReport()
  private let buffer = ReadBuffer()

  private let began = Nanoseconds.now
  /// When the wave that runs began, and how many of its connections have asked.
  private var waveBegan: Nanoseconds = 0
  private var started: Int
  private var running = 0
  private var waitingForText = 0
  private var windowBegan: Nanoseconds?
  private var repeats = false

  package init(_ plan: LoadPlan) throws(BenchProblem) {
    self.plan = plan
    request = RequestScript.bytes(bodyLength: plan.bodyLength, isStreamed: plan.events != nil)
    poller = try Poller()
    connections = (0..<plan.connections).map { _ in LoadConnection(plan) }
    started = connections.count
  }

  /// Carries the plan out. Failures of the other side are counted, not thrown.
  package func run() throws(BenchProblem) -> LoadReport {
    report.memoryBefore = watched?.memory ?? 0
    for _ in 0..<plan.warmUp { wave() }
    report.firstToken = Latencies()
    switch plan.shape {
    case .waves(let count, let pause):
      openWindow()
      for _ in 0..<count {
        if pause > 0 { turn(until: .now + pause) { false } }
        wave()
      }
      closeWindow()
    case .closedLoop(let window):
      openWindow()
      repeats = true
      beginWave()
      turn(until: .now + window) { false }
      closeWindow()
      repeats = false
      turn { self.isIdle }
    case .held(let settle, let window):
      beginWave()
      turn { self.started == self.connections.count && self.waitingForText == 0 }
      turn(until: .now + settle) { false }
      openWindow()
      turn(until: .now + window) { false }
      closeWindow()
      turn { self.isIdle }
    }
    if hasGivenUp { fail("gave up after \((.now - began) / 1_000_000_000) s, \(running) answers short") }
    report.ownCPUTime = ProcessTree.own.cpuTime
    return report
  }

  // MARK: The window

  private var watched: ProcessTree? { plan.watchedProcess.map { ProcessTree($0) } }

  private func openWindow() {
    report.cpuTime = watched?.cpuTime ?? 0
    windowBegan = .now
  }

  private func closeWindow() {
    report.window = .now - (windowBegan ?? .now)
    report.open = running
    windowBegan = nil
    report.cpuTime = (watched?.cpuTime ?? 0) - report.cpuTime
    report.memoryAfter = watched?.memory ?? 0
  }

  // MARK: Asking

  private var isIdle: Bool { running == 0 && started == connections.count }

  private func wave() {
    beginWave()
    turn { self.isIdle }
  }

  private func beginWave() {
    waveBegan = .now
    started = 0
    waitingForText = 0
  }

  private var nextStart: Nanoseconds? {
    started < connections.count ? waveBegan + Nanoseconds(started) * plan.spacing : nil
  }

  private func startDue() {
    while let next = nextStart, next <= .now {
      started += 1
      ask(connections[started - 1])
    }
  }

  private func ask(_ connection: LoadConnection) {
    do {
      if try connection.connect(), let descriptor = connection.socket?.descriptor {
        byDescriptor[descriptor] = connection
        poller.add(descriptor)
      }
    } catch {
      return fail(error.description)
    }
    running += 1
    waitingForText += 1
    settle(connection.ask(request), of: connection)
    if !connection.isSent(request), let descriptor = connection.socket?.descriptor {
      poller.watch(descriptor, writable: true)
    }
  }

  // MARK: Waiting

  private var hasGivenUp: Bool { .now - began > plan.timeLimit || report.failed >= Self.failureLimit }

  /// Lets things happen until a time, or until they are as they shall be.
  private func turn(until deadline: Nanoseconds? = nil, _ isOver: () -> Bool) {
    while !isOver(), !hasGivenUp {
      startDue()
      let now = Nanoseconds.now
      if let deadline, deadline <= now { return }
      let next = min(deadline ?? .max, nextStart ?? .max, began + plan.timeLimit + 1)
      for event in poller.wait(atMost: next - now) {
        guard let connection = byDescriptor[event.descriptor] else { continue }
        if event.writable { sendOn(connection, event.descriptor) }
        if event.readable { receive(connection, event.descriptor) }
      }
    }
  }

  private func sendOn(_ connection: LoadConnection, _ descriptor: Int32) {
    settle(connection.send(request), of: connection)
    if connection.isSent(request), connection.socket != nil { poller.watch(descriptor, writable: false) }
  }

  private func receive(_ connection: LoadConnection, _ descriptor: Int32) {
    var now: Nanoseconds?
    let progress = unsafe connection.receive(into: buffer.bytes) { sent, isFirst in
      let time = now ?? .now
      now = time
      if isFirst {
        waitingForText -= 1
        report.firstToken.record(time - connection.asked)
      }
      if windowBegan != nil {
        report.event.record(time - sent)
        report.events += 1
      }
    }
    if connection.socket == nil { byDescriptor[descriptor] = nil }
    settle(progress, of: connection)
  }

  private func settle(_ progress: LoadConnection.Progress, of connection: LoadConnection) {
    switch progress {
    case .waiting: break
    case .whole:
      running -= 1
      report.completed += 1
      if windowBegan != nil {
        report.answers += 1
        report.answer.record(.now - connection.asked)
      }
      if repeats { ask(connection) }
    case .broken(let reason):
      running -= 1
      if !connection.hasText { waitingForText -= 1 }
      fail(reason)
    }
  }

  private func fail(_ reason: String) {
    report.failed += 1
    if report.failures.count < 5 { report.failures.append(reason) }
  }
}
