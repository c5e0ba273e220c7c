import NIOCore

/// Runs tasks on an event loop, so that a request's task and its connection share one thread.
///
/// Jobs enqueued on the loop's own thread run later in the same tick; NIO wakes the thread for others.
final class EventLoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
