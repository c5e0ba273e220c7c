/// Two stages that only some attempts need; the elements of the others pass them by.
///
/// Each has its own meter and node, with an edge around both in the graph.
@usableFromInline
package struct Detour<First: Stage, Second: Stage>: Stage
where First.Output == Second.Input, Second.Output == First.Input {
  @usableFromInline let condition: @Sendable (Attempt) -> Bool
  @usableFromInline let graph: StageGraph
  @usableFromInline var inner: Chain<Metered<First>, Metered<Second>>
  @usableFromInline var isTaken = true

  @usableFromInline
  package static var name: StageName { "detour" }

  /// - Parameter condition: which attempts need the stages.
  @inlinable
  package init(
    when condition: @escaping @Sendable (Attempt) -> Bool, _ first: First, then second: Second
  ) {
    let meters = (StageMeter(name: First.name), StageMeter(name: Second.name))
    self.condition = condition
    graph = StageGraph(stage: meters.0).followed(by: StageGraph(stage: meters.1))
    inner = Chain(Metered(first, meter: meters.0), Metered(second, meter: meters.1))
  }

  @inlinable
  package func prepared(for attempt: Attempt) -> Self {
    var detour = self
    detour.isTaken = condition(attempt)
    if detour.isTaken { detour.inner = inner.prepared(for: attempt) }
    return detour
  }

  @inlinable
  package mutating func receive(
    _ input: First.Input, _ emit: (Second.Output) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    if isTaken { try inner.receive(input, emit) } else { try emit(input) }
  }

  @inlinable
  package mutating func finish(
    _ emit: (Second.Output) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    if isTaken { try inner.finish(emit) }
  }
}
