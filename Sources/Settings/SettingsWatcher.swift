package import Pipeline
import Synchronization

/// Loads a configuration file again when it, or a script of its rules, changes.
///
/// It looks once a second. A changed file is loaded when it has rested for a moment, so that one in the middle
/// of being written is not taken for broken. Contents that were loaded before are not reported again; a file
/// that is gone is reported once. What to do with a result is the receiver's business: on failure the settings
/// before stay good.
package final class SettingsWatcher: Sendable {
  package typealias Outcome = Result<LoadedSettings, SettingsError>

  private struct State {
    /// The bytes of the files at the last load; their names are what is watched.
    var contents: [String: [UInt8]?]
    /// How the files looked when they were loaded; nil when that has to be found out.
    var loadedStamps: [String: FileStamp?]?
    /// How they looked when a change was noticed.
    var restingStamps: [String: FileStamp?]?
    var outcomes: [Outcome] = []
    var isDelivering = false
    var isStopped = false
    var alarm: (any WakeToken)?
  }

  private static let interval: Duration = .seconds(1)
  private static let rest: Duration = .milliseconds(200)

  private let file: String
  private let environment: [String: String]
  private let time: any TimeSource
  private let onChange: @Sendable (Outcome) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - loaded: what `Settings.load` made of the file; changes since then are noticed.
  ///   - environment: for variables, as at the first load.
  ///   - onChange: gets results one after the other, on any thread.
  package init(
    file: String, loaded: LoadedSettings, environment: [String: String], time: any TimeSource,
    onChange: @escaping @Sendable (Outcome) -> Void
  ) {
    self.file = file
    self.environment = environment
    self.time = time
    self.onChange = onChange
    state = Mutex(State(contents: loaded.contents))
  }

  deinit { stop() }

  /// Begins to look. Call it once.
  package func start() { setAlarm(after: Self.interval) }

  /// Loads now and reports the result in any case: the user asked for it.
  package func reloadNow() {
    state.withLock { state in
      guard !state.isStopped else { return }
      let stamps = Self.stamps(of: state.contents.keys)
      load(&state, stamps: stamps, mustReport: true)
    }
    deliver()
  }

  /// Ends it: no result is delivered after a call that is running now.
  package func stop() {
    let alarm = state.withLock { state in
      state.isStopped = true
      return state.alarm.take()
    }
    alarm?.cancel()
  }

  private func look() {
    let pause = state.withLock { state -> Duration in
      let stamps = Self.stamps(of: state.contents.keys)
      if stamps == state.loadedStamps {
        state.restingStamps = nil
        return Self.interval
      }
      guard stamps == state.restingStamps else {
        state.restingStamps = stamps
        return Self.rest
      }
      if !state.isStopped { load(&state, stamps: stamps, mustReport: false) }
      return Self.interval
    }
    deliver()
    setAlarm(after: pause)
  }

  /// - Parameter stamps: taken before the load, so that a change meanwhile is noticed by the next look.
  private func load(_ state: inout State, stamps: [String: FileStamp?], mustReport: Bool) {
    let attempt = LoadAttempt(file: file, environment: environment)
    state.loadedStamps = stamps
    state.restingStamps = nil
    if mustReport || attempt.contents != state.contents { state.outcomes.append(attempt.result) }
    state.contents = attempt.contents
  }

  /// Hands results over outside the lock, so that the receiver may call back; one thread at a time, in order.
  private func deliver() {
    let isMine = state.withLock { state in
      if state.isDelivering { return false }
      state.isDelivering = true
      return true
    }
    guard isMine else { return }
    while let outcome = nextOutcome() { onChange(outcome) }
  }

  private func nextOutcome() -> Outcome? {
    state.withLock { state in
      guard !state.isStopped, !state.outcomes.isEmpty else {
        state.isDelivering = false
        return nil
      }
      return state.outcomes.removeFirst()
    }
  }

  private func setAlarm(after pause: Duration) {
    if state.withLock({ $0.isStopped }) { return }
    // Outside the lock: the clock may ring at once, on this thread.
    let alarm = time.wake(at: time.now + pause) { [weak self] in self?.look() }
    let isStopped = state.withLock { state in
      if !state.isStopped { state.alarm = alarm }
      return state.isStopped
    }
    if isStopped { alarm.cancel() }
  }

  private static func stamps(of files: some Sequence<String>) -> [String: FileStamp?] {
    var stamps: [String: FileStamp?] = [:]
    for file in files { stamps.updateValue(FileStamp(file), forKey: file) }
    return stamps
  }
}
