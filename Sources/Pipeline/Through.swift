extension AsyncSequence where Failure == ProxyFailure {
  /// The outputs of `stage` over this sequence, one batch for each element read.
  ///
  /// One element of the base is one read: everything the stage emits for it comes out together and can be
  /// written together. A batch may be empty (an incomplete frame, a tick of the clock).
  @inlinable
  package func through<S: Stage>(_ stage: S) -> Through<Self, S.Output>
  where S.Input == Element {
    through(RunningStage(stage))
  }

  /// The same for a stage that is at work already; only one such sequence may use it.
  @inlinable
  package func through<Output>(_ stage: RunningStage<Element, Output>) -> Through<Self, Output> {
    Through(base: self, stage: stage)
  }
}

/// A sequence of batches: the outputs of a stage, grouped by the read that caused them.
@usableFromInline
package struct Through<Base: AsyncSequence, Output: Sendable>: AsyncSequence
where Base.Failure == ProxyFailure, Base.Element: Sendable {
  @usableFromInline
  package typealias Element = [Output]
  @usableFromInline
  package typealias Failure = ProxyFailure

  @usableFromInline let base: Base
  @usableFromInline let stage: RunningStage<Base.Element, Output>

  @usableFromInline
  init(base: Base, stage: RunningStage<Base.Element, Output>) {
    self.base = base
    self.stage = stage
  }

  @inlinable
  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(base: base.makeAsyncIterator(), stage: stage)
  }

  @usableFromInline
  package struct AsyncIterator: AsyncIteratorProtocol {
    @usableFromInline var base: Base.AsyncIterator
    @usableFromInline let stage: RunningStage<Base.Element, Output>
    /// Reused between reads as long as the consumer has let go of the batch before.
    @usableFromInline var batch: [Output] = []
    @usableFromInline var state = State.running

    @usableFromInline
    enum State {
      case running
      /// Events emitted before the failure are delivered first.
      case failing(ProxyFailure)
      case ended
    }

    @usableFromInline
    init(base: Base.AsyncIterator, stage: RunningStage<Base.Element, Output>) {
      self.base = base
      self.stage = stage
    }

    @inlinable
    package mutating func next() async throws(ProxyFailure) -> [Output]? {
      try await next(isolation: nil)
    }

    @inlinable
    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(ProxyFailure) -> [Output]? {
      switch state {
      case .ended: return nil
      case .failing(let failure):
        state = .ended
        throw failure
      case .running: break
      }
      batch.removeAll(keepingCapacity: true)
      do throws(ProxyFailure) {
        if let input = try await base.next(isolation: actor) {
          try stage.receive(input) { (output) throws(ProxyFailure) in batch.append(output) }
        } else {
          state = .ended
          try stage.finish { (output) throws(ProxyFailure) in batch.append(output) }
          return batch.isEmpty ? nil : batch
        }
      } catch {
        guard !batch.isEmpty else {
          state = .ended
          throw error
        }
        state = .failing(error)
      }
      return batch
    }
  }
}
