import CBench

/// A point on the monotonic clock that all processes share, in nanoseconds.
package typealias Nanoseconds = Int64

extension Nanoseconds {
  package static var now: Nanoseconds { cbench_now() }

  package static func seconds(_ seconds: Double) -> Nanoseconds { Nanoseconds(seconds * 1e9) }
  package static func milliseconds(_ milliseconds: Double) -> Nanoseconds { Nanoseconds(milliseconds * 1e6) }
  package static func microseconds(_ microseconds: Double) -> Nanoseconds { Nanoseconds(microseconds * 1e3) }
}

/// What went wrong, in words for whoever started the run.
package struct BenchProblem: Error, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// A non-blocking TCP socket on 127.0.0.1. Whoever made it closes it.
struct Socket {
  let descriptor: Int32

  static func listen(port: Int = 0) throws(BenchProblem) -> (socket: Socket, port: Int) {
    var port = Int32(port)
    let descriptor = unsafe cbench_listen(&port)
    guard descriptor >= 0 else { throw BenchProblem("cannot listen on 127.0.0.1") }
    return (Socket(descriptor: descriptor), Int(port))
  }

  static func connect(port: Int) throws(BenchProblem) -> Socket {
    let descriptor = cbench_connect(Int32(port))
    guard descriptor >= 0 else { throw BenchProblem("cannot connect to 127.0.0.1:\(port)") }
    return Socket(descriptor: descriptor)
  }

  /// The next connection; nil when none waits.
  func accept() -> Socket? {
    let descriptor = cbench_accept(descriptor)
    return descriptor < 0 ? nil : Socket(descriptor: descriptor)
  }

  enum Transfer {
    case moved(Int)
    case wouldBlock
    case failed
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    unsafe Self.transfer(cbench_send(descriptor, bytes.baseAddress, bytes.count))
  }

  /// Reads what is there; zero bytes are the end of the stream.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    unsafe Self.transfer(cbench_receive(descriptor, buffer.baseAddress, buffer.count))
  }

  private static func transfer(_ result: Int) -> Transfer {
    result >= 0 ? .moved(result) : cbench_would_block(result) ? .wouldBlock : .failed
  }

  func close() { cbench_close(descriptor) }
}

/// Room for one read, used again and again.
@safe
final class ReadBuffer {
  let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

  deinit { unsafe bytes.deallocate() }
}

/// Tells which of many descriptors are ready, level-triggered.
final class Poller {
  private let poller: Int32
  private var events = [cbench_event](repeating: cbench_event(), count: 256)

  init() throws(BenchProblem) {
    poller = cbench_poller()
    guard poller >= 0 else { throw BenchProblem("cannot wait for sockets") }
  }

  deinit { cbench_close(poller) }

  /// Reports when `descriptor` can be read; closing it ends that.
  func add(_ descriptor: Int32) { _ = cbench_watch(poller, descriptor, true, false) }

  /// Whether to report, too, when it can be written.
  func watch(_ descriptor: Int32, writable: Bool) { _ = cbench_watch(poller, descriptor, false, writable) }

  /// What is ready, after at most `limit`; nil waits for ever.
  func wait(atMost limit: Nanoseconds?) -> ArraySlice<cbench_event> {
    let limit = limit.map { max(0, $0) } ?? -1
    let count = unsafe events.withUnsafeMutableBufferPointer { buffer in
      unsafe cbench_wait(poller, buffer.baseAddress, Int32(buffer.count), limit)
    }
    return events.prefix(Int(max(0, count)))
  }
}

/// A process with everything it started, as the operating system counts them.
package struct ProcessTree: Sendable {
  private let pids: [Int32]

  /// This process alone.
  package static var own: ProcessTree { ProcessTree(alone: cbench_own_process()) }

  private init(alone pid: Int32) { pids = [pid] }

  package init(_ pid: Int32) {
    var found = [pid]
    var next = 0
    while next < found.count, found.count < 256 {
      var children = [Int32](repeating: 0, count: 64)
      let count = unsafe children.withUnsafeMutableBufferPointer { buffer in
        unsafe cbench_children(found[next], buffer.baseAddress, Int32(buffer.count))
      }
      found += children.prefix(Int(count))
      next += 1
    }
    pids = found
  }

  /// CPU time of all threads since their start, in nanoseconds.
  package var cpuTime: Nanoseconds { pids.reduce(0) { $0 + max(0, cbench_cpu_time($1)) } }

  /// Own memory, and the share of what is shared, in bytes.
  package var memory: Int { pids.reduce(0) { $0 + Int(max(0, cbench_memory($1))) } }
}

/// The machine's CPU time since boot, in nanoseconds.
struct MachineTime {
  var busy: Nanoseconds = 0
  var stolen: Nanoseconds = 0

  static var now: MachineTime {
    var time = MachineTime()
    _ = unsafe cbench_machine_time(&time.busy, &time.stolen)
    return time
  }
}

/// Allows this process, and those it starts, as many open files as the system lets it.
package func raiseDescriptorLimit() -> Int { Int(cbench_raise_descriptor_limit()) }
