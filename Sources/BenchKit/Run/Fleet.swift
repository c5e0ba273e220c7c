/// The targets that run at the moment.
final class Fleet {
  private let upstream: UpstreamProcess
  private let workplace: Workplace
  private var running: [Target: RunningTarget] = [:]

  init(upstream: UpstreamProcess, workplace: Workplace) {
    self.upstream = upstream
    self.workplace = workplace
  }

  /// The target, started if it does not run.
  func start(_ target: Target) throws(BenchProblem) -> RunningTarget {
    if let running = running[target], running.isRunning { return running }
    let started = try RunningTarget(target, upstream: upstream, in: workplace)
    running[target] = started
    return started
  }

  func stop(_ target: Target) {
    running[target]?.stop()
    running[target] = nil
  }

  func stopAll() {
    for target in running.keys { stop(target) }
  }
}
