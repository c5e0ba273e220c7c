package import Pipeline

/// What a stage did with an input: everything it emitted, and how it failed if it did.
package struct StageOutcome<Output: Sendable & Equatable>: Sendable {
  package var outputs: [Output] = []
  package var failure: ProxyFailure?

  package init() {}

  /// Equal outputs and the same failure, down to its wording.
  package func isSame(as other: Self) -> Bool {
    outputs == other.outputs && failure?.description == other.failure?.description
  }
}

/// How a stage broke its contract.
package struct StageContractViolation: Error, CustomStringConvertible {
  package var description: String
}

extension Stage where Output: Equatable {
  /// Runs a copy of this stage over `inputs` to the end.
  ///
  /// - Parameter finishes: whether the end is announced after the last input.
  package func outcome(of inputs: some Sequence<Input>, finishes: Bool = true) -> StageOutcome<Output> {
    var stage = self
    var outcome = StageOutcome<Output>()
    do throws(ProxyFailure) {
      for input in inputs {
        try stage.receive(input) { (output) throws(ProxyFailure) in outcome.outputs.append(output) }
      }
      if finishes {
        try stage.finish { (output) throws(ProxyFailure) in outcome.outputs.append(output) }
      }
    } catch {
      outcome.failure = error
    }
    return outcome
  }
}

/// Checks the contract of `Stage` for a stage that reads bytes: the output and the failure do not depend on
/// how `input` is cut, meters agree with what went in and out, nothing comes after `finish`, failures name the
/// stage.
///
/// - Parameter names: the stages a failure may name; the stage itself if empty.
package func expectStageContract<S: Stage>(
  _ stage: S, input: Bytes, names: Set<StageName> = []
) throws where S.Input == Bytes, S.Output: Equatable {
  try expectStageContract(stage, input: [input], names: names)
  let whole = stage.outcome(of: [input])
  for cut in EveryChunking(of: input) where !stage.outcome(of: cut).isSame(as: whole) {
    throw StageContractViolation(
      description: "\(S.name): the output depends on the cut into \(cut.prefix(3).map(\.count))… bytes")
  }
}

/// The same for a stage whose output is bytes: only their concatenation counts.
package func expectStageContract<S: Stage>(
  _ stage: S, input: Bytes, names: Set<StageName> = []
) throws where S.Input == Bytes, S.Output == Bytes {
  try expectStageContract(stage, input: [input], names: names)
  let whole = stage.outcome(of: [input])
  for cut in EveryChunking(of: input) {
    let outcome = stage.outcome(of: cut)
    guard outcome.outputs.joined().elementsEqual(whole.outputs.joined()),
      outcome.failure?.description == whole.failure?.description
    else {
      throw StageContractViolation(
        description: "\(S.name): the output depends on the cut into \(cut.prefix(3).map(\.count))… bytes")
    }
  }
}

/// Checks the contract of `Stage` for any input that cannot be cut: the same inputs give the same outputs,
/// meters agree, nothing comes after `finish`, failures name the stage.
package func expectStageContract<S: Stage>(
  _ stage: S, input: [S.Input], names: Set<StageName> = []
) throws where S.Output: Equatable {
  let first = stage.outcome(of: input)
  guard first.isSame(as: stage.outcome(of: input)) else {
    throw StageContractViolation(description: "\(S.name): two runs differ, so copies share state")
  }
  if let failure = first.failure, !(names.isEmpty ? [S.name] : names).contains(failure.stage) {
    throw StageContractViolation(description: "\(S.name): a failure names \(failure.stage)")
  }
  try expectMeters(stage, input: input, outcome: first)
  try expectSilence(stage, input: input)
}

private func expectMeters<S: Stage>(
  _ stage: S, input: [S.Input], outcome: StageOutcome<S.Output>
) throws where S.Output: Equatable {
  let meter = StageMeter(name: S.name)
  var metered = Metered(stage, meter: meter)
  var received = 0
  do throws(ProxyFailure) {
    for input in input {
      received += 1
      try metered.receive(input) { (_) throws(ProxyFailure) in }
    }
    try metered.finish { (_) throws(ProxyFailure) in }
  } catch {}
  let numbers = meter.snapshot
  let failed = outcome.failure?.stage == S.name ? 1 : 0
  guard numbers.received == received, numbers.emitted == outcome.outputs.count, numbers.failed == failed
  else {
    throw StageContractViolation(
      description: """
        \(S.name): the meter counts \(numbers.received) in, \(numbers.emitted) out, \(numbers.failed) failed; \
        there were \(received), \(outcome.outputs.count), \(failed)
        """)
  }
}

private func expectSilence<S: Stage>(_ stage: S, input: [S.Input]) throws {
  var stage = stage
  var emitted = 0
  do throws(ProxyFailure) {
    for input in input { try stage.receive(input) { (_) throws(ProxyFailure) in } }
    try stage.finish { (_) throws(ProxyFailure) in }
  } catch { return }
  // A second end may fail, but must not emit.
  do throws(ProxyFailure) { try stage.finish { (_) throws(ProxyFailure) in emitted += 1 } } catch {}
  guard emitted == 0 else {
    throw StageContractViolation(description: "\(S.name): \(emitted) outputs after the end")
  }
}
