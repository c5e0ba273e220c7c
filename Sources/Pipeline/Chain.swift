/// Two stages fused into one: what the first emits, the second receives in the same call.
///
/// Chains nest to the right, so a flow of five stages is one concrete type that the compiler flattens.
@usableFromInline
package struct Chain<First: Stage, Second: Stage>: Stage where First.Output == Second.Input {
  @usableFromInline var first: First
  @usableFromInline var second: Second

  @usableFromInline
  package static var name: StageName { "chain" }

  @inlinable
  package init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  @inlinable
  package func prepared(for attempt: Attempt) -> Self {
    Chain(first.prepared(for: attempt), second.prepared(for: attempt))
  }

  @inlinable
  package mutating func receive(
    _ input: First.Input, _ emit: (Second.Output) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    try first.receive(input) { (output) throws(ProxyFailure) in try second.receive(output, emit) }
  }

  @inlinable
  package mutating func finish(
    _ emit: (Second.Output) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    try first.finish { (output) throws(ProxyFailure) in try second.receive(output, emit) }
    try second.finish(emit)
  }
}
