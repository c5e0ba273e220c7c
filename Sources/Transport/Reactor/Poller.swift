import CEvents

/// What a socket is ready for.
struct Readiness: OptionSet {
  let rawValue: UInt32

  static let read = Self(rawValue: UInt32(CEVENTS_READ))
  static let write = Self(rawValue: UInt32(CEVENTS_WRITE))
  /// The peer closed its side, or the connection is broken. Reported whether asked for or not.
  static let gone = Self(rawValue: UInt32(CEVENTS_GONE))
}

/// Waits for sockets to become ready: epoll or kqueue, whichever the system has.
///
/// All calls come from one thread, but for `wake`.
@safe
struct Poller: Sendable {
  private let poller: cevents_poller

  init() {
    var poller = cevents_poller()
    // Fails only if the process has no descriptor left when it starts; nothing could be served then.
    let result = unsafe cevents_open(&poller)
    precondition(result == 0, "no event queue: errno \(-result)")
    self.poller = poller
  }

  /// - Parameter onceAChange: readiness is reported when it changes, not for as long as it lasts.
  func watch(_ descriptor: Int32, as token: UInt64, for interest: Readiness, onceAChange: Bool) -> Bool {
    cevents_watch(poller, descriptor, token, interest.rawValue, onceAChange ? 1 : 0) == 0
  }

  func forget(_ descriptor: Int32) { cevents_forget(poller, descriptor) }

  /// Makes the wait that runs, or else the next, return. From any thread.
  func wake() { cevents_wake(poller) }

  /// Calls `handle` for every socket that is ready, after at most `milliseconds`; nil waits for ever.
  func wait(milliseconds: Int32?, _ handle: (UInt64, Readiness) -> Void) {
    unsafe withUnsafeTemporaryAllocation(of: cevents_event.self, capacity: 256) { events in
      let count = unsafe cevents_wait(poller, events.baseAddress, 256, milliseconds ?? -1)
      for index in 0..<max(0, Int(count)) {
        let event = unsafe events[index]
        handle(event.token, Readiness(rawValue: event.readiness))
      }
    }
  }
}
