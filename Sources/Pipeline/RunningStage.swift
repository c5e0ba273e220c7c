/// A stage at work for one attempt, its type forgotten: what is behind it was specialised where it was made.
///
/// Calling a long generic chain through its protocol costs more than what the chain does. Here only the way in
/// and the way out are indirect. A reference: its state is that of one stream, for one task.
@usableFromInline
package struct RunningStage<Input: Sendable, Output: Sendable> {
  @usableFromInline
  typealias Emit = (Output) throws(ProxyFailure) -> Void

  @usableFromInline let onReceive: (Input, Emit) throws(ProxyFailure) -> Void
  @usableFromInline let onFinish: (Emit) throws(ProxyFailure) -> Void

  @inlinable
  package init<S: Stage>(_ stage: S) where S.Input == Input, S.Output == Output {
    var stage = stage
    onReceive = { (input, emit) throws(ProxyFailure) in try stage.receive(input, emit) }
    onFinish = { (emit) throws(ProxyFailure) in try stage.finish(emit) }
  }

  /// See `Stage.receive`.
  @inlinable
  package func receive(
    _ input: Input, _ emit: (Output) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    try onReceive(input, emit)
  }

  /// See `Stage.finish`.
  @inlinable
  package func finish(_ emit: (Output) throws(ProxyFailure) -> Void) throws(ProxyFailure) {
    try onFinish(emit)
  }
}
