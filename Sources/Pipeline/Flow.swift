/// Composes steps, top to bottom, into one step; every step gets its meter and its node in the graph.
@resultBuilder
package enum FlowBuilder {
  package static func buildPartialBlock<S: Step>(first: S) -> MeteredStep<S> { MeteredStep(first) }

  package static func buildPartialBlock<Before: Step, S: Step>(
    accumulated: Before, next: S
  ) -> Sequenced<Before, MeteredStep<S>> {
    Sequenced(first: accumulated, second: MeteredStep(next))
  }
}

/// Composes what happens at one candidate: a source first, then the stages its bytes run through, fused.
@usableFromInline
@resultBuilder
package enum AttemptBuilder {
  @inlinable
  package static func buildPartialBlock<Source: Step>(first: Source) -> MeteredStep<Source> {
    MeteredStep(first)
  }

  @inlinable
  package static func buildPartialBlock<Source: Step, S: Stage>(
    accumulated: MeteredStep<Source>, next: S
  ) -> FusedStages<MeteredStep<Source>, Metered<S>> {
    let stage = Metered(next, meter: StageMeter(name: S.name))
    return FusedStages(source: accumulated, stage: stage, graph: StageGraph(stage: stage.meter))
  }

  @inlinable
  package static func buildPartialBlock<Source, Before: Stage, S: Stage>(
    accumulated: FusedStages<Source, Before>, next: S
  ) -> FusedStages<Source, Chain<Before, Metered<S>>> {
    let stage = Metered(next, meter: StageMeter(name: S.name))
    return FusedStages(
      source: accumulated.source, stage: Chain(accumulated.stage, stage),
      graph: accumulated.graph.followed(by: StageGraph(stage: stage.meter)))
  }

  @inlinable
  package static func buildPartialBlock<Source, Before: Stage, First: Stage, Second: Stage>(
    accumulated: FusedStages<Source, Before>, next: Detour<First, Second>
  ) -> FusedStages<Source, Chain<Before, Detour<First, Second>>> {
    FusedStages(
      source: accumulated.source, stage: Chain(accumulated.stage, next),
      graph: accumulated.graph.followed(byDetour: next.graph))
  }

  /// Inlinable like the rest, so that the chain is specialised where it is written down.
  @inlinable
  package static func buildFinalResult<Source, S: Stage>(
    _ fused: FusedStages<Source, S>
  ) -> AttemptFlow<Source, S.Input, S.Output> {
    AttemptFlow(source: fused.source, stages: fused.graph) { attempt in
      RunningStage(fused.stage.prepared(for: attempt))
    }
  }
}

/// A source and the stages after it while they are being composed.
@usableFromInline
package struct FusedStages<Source: Step, S: Stage>: Sendable {
  @usableFromInline let source: Source
  @usableFromInline let stage: S
  @usableFromInline let graph: StageGraph

  @usableFromInline
  init(source: Source, stage: S, graph: StageGraph) {
    self.source = source
    self.stage = stage
    self.graph = graph
  }
}

/// What happens at one candidate: the call, and the chain its answer runs through.
@usableFromInline
package struct AttemptFlow<Source: Step, Input: Sendable, Output: Sendable>: Sendable {
  package let source: Source
  /// The chain for one attempt, made from its prototype.
  package let prepare: @Sendable (Attempt) -> RunningStage<Input, Output>
  private let stages: StageGraph

  @usableFromInline
  init(
    source: Source, stages: StageGraph, prepare: @escaping @Sendable (Attempt) -> RunningStage<Input, Output>
  ) {
    self.source = source
    self.stages = stages
    self.prepare = prepare
  }

  package var graph: StageGraph { source.graph.followed(by: stages) }
}

/// Two steps, one after the other.
package struct Sequenced<First: Step, Second: Step>: Step where First.Output == Second.Input {
  let first: First
  let second: Second

  package static var name: StageName { "flow" }

  package func run(_ input: First.Input, in exchange: Exchange) async throws(ProxyFailure) -> Second.Output {
    try await second.run(try await first.run(input, in: exchange), in: exchange)
  }

  package var graph: StageGraph { first.graph.followed(by: second.graph) }
}

/// A step with its meter: counts what enters, leaves, fails and is inside.
@usableFromInline
package struct MeteredStep<Base: Step>: Step {
  private let base: Base
  private let meter: StageMeter

  @usableFromInline
  package static var name: StageName { Base.name }

  @usableFromInline
  package init(_ base: Base) {
    self.base = base
    meter = StageMeter(name: Base.name)
  }

  @usableFromInline
  package func run(_ input: Base.Input, in exchange: Exchange) async throws(ProxyFailure) -> Base.Output {
    meter.count(received: 1)
    meter.count(running: 1)
    let before = exchange.progress.enter(Base.name)
    defer {
      exchange.progress.enter(before)
      meter.count(running: -1)
    }
    do throws(ProxyFailure) {
      let output = try await base.run(input, in: exchange)
      meter.count(emitted: 1)
      return output
    } catch {
      if error.stage == Base.name { meter.countFailure() }
      throw error
    }
  }

  @usableFromInline
  package var graph: StageGraph {
    let node = StageGraph(meter, kind: .step)
    let inner = base.graph
    return inner.nodes.isEmpty ? node : node.around(inner, label: "each candidate")
  }
}
