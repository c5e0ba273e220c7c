import Dispatch
import Foundation

/// The signals the program obeys, as a sequence; made before anything else, so that none is missed.
final class Signals {
  enum Signal: Sendable {
    case interrupt, terminate, hangUp

    /// SIGHUP only reloads.
    var stops: Bool { self != .hangUp }
  }

  let received: AsyncStream<Signal>
  private let sources: [any DispatchSourceSignal]

  init() {
    let (stream, continuation) = AsyncStream<Signal>.makeStream()
    received = stream
    sources = [(SIGINT, Signal.interrupt), (SIGTERM, .terminate), (SIGHUP, .hangUp)].map { number, signal in
      Foundation.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield(signal) }
      source.resume()
      return source
    }
    // A client that leaves in the middle of a write is an error of that write, not the end of the program.
    Foundation.signal(SIGPIPE, SIG_IGN)
  }
}

/// What was printed is visible now, also to a program that reads our output through a pipe.
func flushOutput() { fflush(nil) }
