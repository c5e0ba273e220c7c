import CEvents
import DequeModule
import Foundation
import Pipeline
import Synchronization

/// One thread for everything that moves bytes: it waits for sockets, runs the tasks of the exchanges, libcurl
/// and the timers, and then sends what came together.
///
/// A byte that arrives from an endpoint is parsed, checked and sent to the client within one turn, without a
/// lock that is contended or a wake-up of another thread: those cost more than all stages together.
///
/// A turn: sockets that are ready → work from other threads → timers → tasks, of which one at most has just
/// arrived → one send for each connection that was written to.
package final class Reactor: TaskExecutor, Sendable {
  /// Serves the process. It never ends: a late timer or task always finds it.
  package static let shared = Reactor()

  /// A turn that finds no end of tasks looks after the sockets in between.
  private static let tasksPerTurn = 512

  private struct Inbox {
    var work: [Turn.Work] = []
    var isAsleep = false
  }

  private let poller = Poller()
  private let inbox = Mutex(Inbox())
  private let thread = Atomic<UInt>(0)
  /// When the turn began, in nanoseconds.
  private let turnTime = Atomic<Int64>(cevents_now())
  // Safe because everybody goes through `turn`, which stops the process on any other thread than the reactor's. Only
  // `init` writes it, before that thread exists, and it is never released: the reactor lives as long as the process.
  nonisolated(unsafe) private let state: Turn

  private init() {
    unsafe state = Turn(poller: poller)
    let started = DispatchSemaphore(value: 0)
    let thread = Thread { [self] in
      self.thread.store(Self.currentThread, ordering: .releasing)
      started.signal()
      run()
    }
    thread.name = "reactor"
    thread.start()
    started.wait()
  }

  private static var currentThread: UInt {
    #if canImport(Darwin)
      unsafe UInt(bitPattern: pthread_self())
    #else
      pthread_self()
    #endif
  }

  /// Whether the caller runs on the reactor's thread.
  var isCurrent: Bool { thread.load(ordering: .relaxed) == Self.currentThread }

  /// What only the reactor's thread may touch.
  var turn: Turn {
    precondition(isCurrent, "called from another thread than the reactor's")
    return unsafe state
  }

  // MARK: Work

  package func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

  /// Runs `action` on the reactor's thread: later in this turn if that is where the caller is.
  func execute(_ action: @escaping @Sendable () -> Void) { add(.action(action)) }

  /// Has the task that `start` makes begin after all that is under way, one such task a turn: in a burst of
  /// requests those that came first are finished before the last is begun, and streams go on between them.
  ///
  /// On the reactor's thread only.
  func arrival<Value>(_ start: () -> Value) -> Value {
    turn.isArriving = true
    defer { turn.isArriving = false }
    return start()
  }

  private func add(_ work: Turn.Work) {
    if isCurrent { return turn.add(work) }
    let mustWake = inbox.withLock { inbox -> Bool in
      inbox.work.append(work)
      defer { inbox.isAsleep = false }
      return inbox.isAsleep
    }
    if mustWake { poller.wake() }
  }

  /// Runs `action` once at `deadline`, on the reactor's thread.
  func wake(at deadline: MonotonicTime, _ action: @escaping @Sendable () -> Void) -> ReactorTimer {
    let timer = ReactorTimer(deadline: deadline, action: action)
    if isCurrent { turn.timers.add(timer) } else { execute { [self] in turn.timers.add(timer) } }
    return timer
  }

  // MARK: The loop

  private func run() -> Never {
    let turn = self.turn
    while true {
      poller.wait(milliseconds: restTime(turn)) { turn.dispatch($0, $1) }
      takeInbox(into: turn)
      let now = Self.now
      turnTime.store(now.nanoseconds, ordering: .relaxed)
      while let timer = turn.timers.popDue(at: now) {
        if !timer.isCancelled { timer.action() }
      }
      if let arrival = turn.arrivals.popFirst() { turn.work.append(arrival) }
      for _ in 0..<Self.tasksPerTurn {
        guard let work = turn.work.popFirst() else { break }
        switch work {
        case .job(let job): unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        case .action(let action): action()
        }
      }
      turn.flush()
    }
  }

  static var now: MonotonicTime { MonotonicTime(nanoseconds: cevents_now()) }

  /// When the turn began.
  var recent: MonotonicTime { MonotonicTime(nanoseconds: turnTime.load(ordering: .relaxed)) }

  /// How long to wait for sockets; from here on other threads must wake this one.
  private func restTime(_ turn: Turn) -> Int32? {
    guard turn.work.isEmpty, turn.arrivals.isEmpty else { return 0 }
    let hasWork = inbox.withLock { inbox -> Bool in
      inbox.isAsleep = inbox.work.isEmpty
      return !inbox.isAsleep
    }
    if hasWork { return 0 }
    guard let deadline = turn.timers.nextDeadline else { return nil }
    // Rounded up: a timer never rings early.
    let milliseconds = ((deadline - Self.now).nanoseconds + 999_999) / 1_000_000
    return Int32(clamping: max(0, milliseconds))
  }

  private func takeInbox(into turn: Turn) {
    inbox.withLock { inbox in
      inbox.isAsleep = false
      turn.work.append(contentsOf: inbox.work)
      inbox.work.removeAll(keepingCapacity: true)
    }
  }
}

// Sendable because nothing but `value` gives the value away, and it stops the process on any other thread than the
// reactor's. What other threads do is keep and drop a reference, which is counted atomically; what is bound must not
// care where its last one goes.
/// A value that only the reactor's thread touches, carried through places that cannot know that.
struct ReactorBound<Value>: @unchecked Sendable {
  private let bound: Value
  private let reactor: Reactor

  init(_ value: Value, to reactor: Reactor) {
    bound = value
    self.reactor = reactor
  }

  var value: Value {
    precondition(reactor.isCurrent, "called from another thread than the reactor's")
    return bound
  }
}
