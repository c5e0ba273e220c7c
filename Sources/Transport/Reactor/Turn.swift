import DequeModule
import NIOEmbedded
import Pipeline

/// Hears when a socket is ready.
protocol SocketHandler: AnyObject {
  func socketReady(_ descriptor: Int32, _ readiness: Readiness)
}

/// What a reactor works on, turn by turn. On its thread only.
@safe
final class Turn {
  enum Work {
    case job(UnownedJob)
    case action(@Sendable () -> Void)
  }

  private struct Watch {
    let handler: any SocketHandler
    let generation: UInt32
  }

  var work = Deque<Work>()
  /// Tasks that have not begun, first come first served.
  var arrivals = Deque<Work>()
  /// What is added now has just arrived.
  var isArriving = false
  var timers = TimerQueue()
  /// For reading from sockets; nothing in it outlives the call that reads.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
  /// Where the channels of request parsers believe to run; it has to be made on the thread that uses it.
  lazy var embeddedLoop = EmbeddedEventLoop()

  private let poller: Poller
  private var watches: [Watch?] = []
  private var generation: UInt32 = 0
  private var written: [Connection] = []

  init(poller: Poller) { self.poller = poller }

  func add(_ work: Work) {
    if isArriving { arrivals.append(work) } else { self.work.append(work) }
  }

  // MARK: Sockets

  /// Starts or changes the watch over a descriptor; false if the system refuses.
  ///
  /// - Parameter onceAChange: readiness is reported when it changes, not for as long as it lasts.
  func watch(
    _ descriptor: Int32, for interest: Readiness, onceAChange: Bool, _ handler: any SocketHandler
  ) -> Bool {
    let index = Int(descriptor)
    if watches.count <= index {
      watches.append(contentsOf: repeatElement(nil, count: index + 1 - watches.count))
    }
    if watches[index]?.handler !== handler {
      generation &+= 1
      watches[index] = Watch(handler: handler, generation: generation)
    }
    let token = UInt64(watches[index]?.generation ?? 0) << 32 | UInt64(index)
    return poller.watch(descriptor, as: token, for: interest, onceAChange: onceAChange)
  }

  /// Ends the watch. Must come before the descriptor is closed.
  func forget(_ descriptor: Int32) {
    guard watches.indices.contains(Int(descriptor)), watches[Int(descriptor)] != nil else { return }
    watches[Int(descriptor)] = nil
    poller.forget(descriptor)
  }

  func dispatch(_ token: UInt64, _ readiness: Readiness) {
    let descriptor = Int(token & 0xFFFF_FFFF)
    // Events of one wait may concern a descriptor that was closed, and even reused, by one before them.
    guard let watch = watches[descriptor], UInt64(watch.generation) == token >> 32 else { return }
    watch.handler.socketReady(Int32(descriptor), readiness)
  }

  // MARK: Sending

  /// Has `connection` send what it holds when this turn's work is done.
  func flushAtEnd(_ connection: Connection) { written.append(connection) }

  func flush() {
    for connection in written { connection.flush() }
    written.removeAll(keepingCapacity: true)
  }
}
