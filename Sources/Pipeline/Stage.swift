/// A synchronous transformer with its own state, run once per event.
///
/// A stage is a value. The one written down in the flow is a prototype; `prepared(for:)` gives the copy that
/// serves one attempt. Stages compose into one concrete generic type (`Chain`), so a whole chain costs one
/// call per event and no allocation.
///
/// Contract (`expectStageContract` in ProxyTesting checks it): the output does not depend on how the input is
/// cut, a thrown failure names the stage, nothing is emitted after `finish`.
@usableFromInline
package protocol Stage<Input, Output>: Sendable {
  associatedtype Input: Sendable
  associatedtype Output: Sendable

  /// The kebab-case id used in configuration, metrics, logs and the dashboard alike.
  static var name: StageName { get }

  /// The copy of this prototype that serves `attempt`. Stages without per-attempt context return themselves.
  func prepared(for attempt: Attempt) -> Self

  /// Takes one element and emits zero or more, in order, before it returns.
  ///
  /// A failure ends the stream here: what was emitted before it is valid and is delivered first.
  mutating func receive(
    _ input: Input, _ emit: (Output) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure)

  /// Says that no more input comes; emits what was held back, or fails if the end came too early.
  mutating func finish(_ emit: (Output) throws(ProxyFailure) -> Void) throws(ProxyFailure)
}

extension Stage {
  @inlinable
  package func prepared(for attempt: Attempt) -> Self { self }

  @inlinable
  package mutating func finish(_ emit: (Output) throws(ProxyFailure) -> Void) throws(ProxyFailure) {}
}

/// An asynchronous part of the flow, run once per request.
@usableFromInline
package protocol Step<Input, Output>: Sendable {
  associatedtype Input: Sendable
  associatedtype Output: Sendable

  /// The kebab-case id used in configuration, metrics, logs and the dashboard alike.
  static var name: StageName { get }

  /// The part of the graph inside this step; empty for a step without inner parts.
  var graph: StageGraph { get }

  /// Runs for one exchange. Cancelling the task that runs it tears down everything it started.
  func run(_ input: Input, in exchange: Exchange) async throws(ProxyFailure) -> Output
}

extension Step {
  package var graph: StageGraph { StageGraph() }
}

/// The stable kebab-case id of a stage or step, such as `parse-sse`.
@usableFromInline
package struct StageName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  @usableFromInline
  package let rawValue: String

  @usableFromInline
  package init(rawValue: String) { self.rawValue = rawValue }
  @usableFromInline
  package init(stringLiteral value: String) { rawValue = value }

  @usableFromInline
  package var description: String { rawValue }
}
