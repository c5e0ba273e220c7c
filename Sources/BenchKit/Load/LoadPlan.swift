/// What the load generator does.
package struct LoadPlan: Codable, Sendable {
  package enum Shape: Codable, Sendable {
    /// All connections ask once, and again `pause` nanoseconds after the last of them has its whole answer.
    case waves(count: Int, pause: Nanoseconds)
    /// Every connection asks again as soon as it has its answer, for so many nanoseconds.
    case closedLoop(window: Nanoseconds)
    /// All connections ask once. When each has its first text, `settle` nanoseconds pass, and what happens in
    /// the `window` after them is measured.
    case held(settle: Nanoseconds, window: Nanoseconds)
  }

  package var port: Int
  package var shape: Shape
  package var connections = 1
  /// Between the first requests of two connections, in nanoseconds.
  package var spacing: Nanoseconds = 0
  /// Waves before those that count.
  package var warmUp = 0
  package var bodyLength = 1000
  /// Events with text that make an answer whole; nil for an answer in one piece.
  package var events: Int?
  /// The process whose CPU time and memory are read at both ends of the measurement.
  package var watchedProcess: Int32?
  /// When to give up.
  package var timeLimit: Nanoseconds = .seconds(120)

  package init(port: Int, shape: Shape) {
    self.port = port
    self.shape = shape
  }
}

/// What the load generator saw.
package struct LoadReport: Codable, Sendable {
  /// From the first byte of a request to the first text of its answer.
  package var firstToken = Latencies()
  /// From the sending of an event by the upstream to its arrival.
  package var event = Latencies()
  /// From the first byte of a request to the end of its answer.
  package var answer = Latencies()
  /// Answers that were whole, warm-up included.
  package var completed = 0
  package var failed = 0
  /// The first few of what went wrong.
  package var failures: [String] = []

  /// Within the measurement.
  package var events = 0
  package var answers = 0
  /// Answers that were still running at its end.
  package var open = 0
  package var window: Nanoseconds = 0
  /// CPU time of the watched process.
  package var cpuTime: Nanoseconds = 0
  /// Memory of the watched process before the connections were opened and at the end of the measurement.
  package var memoryBefore = 0
  package var memoryAfter = 0
  /// CPU time of the load generator in all.
  package var ownCPUTime: Nanoseconds = 0

  package init() {}
}
