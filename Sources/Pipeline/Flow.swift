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
@resultBuilder
package enum AttemptBuilder {
  package static func buildPartialBlock<Source: Step>(first: Source) -> MeteredStep<Source> {
    MeteredStep(first)
  }

  package static func buildPartialBlock<Source: Step, S: Stage>(
    accumulated: MeteredStep<Source>, next: S
  ) -> AttemptFlow<MeteredStep<Source>, Metered<S>> {
    let stage = Metered(next, meter: StageMeter(name: S.name))
    return AttemptFlow(source: accumulated, stage: stage, stages: StageGraph(stage.meter, kind: .stage))
  }

  package static func buildPartialBlock<Source, Before: Stage, S: Stage>(
    accumulated: AttemptFlow<Source, Before>, next: S
  ) -> AttemptFlow<Source, Chain<Before, Metered<S>>> {
    let stage = Metered(next, meter: StageMeter(name: S.name))
    return AttemptFlow(
      source: accumulated.source, stage: Chain(accumulated.stage, stage),
      stages: accumulated.stages.followed(by: StageGraph(stage.meter, kind: .stage)))
  }
}

/// What happens at one candidate: the call, and the prototype of the chain its answer runs through.
package struct AttemptFlow<Source: Step, S: Stage>: Sendable {
  package let source: Source
  package let stage: S
  fileprivate let stages: StageGraph

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
package struct MeteredStep<Base: Step>: Step {
  private let base: Base
  private let meter: StageMeter

  package static var name: StageName { Base.name }

  package init(_ base: Base) {
    self.base = base
    meter = StageMeter(name: Base.name)
  }

  package func run(_ input: Base.Input, in exchange: Exchange) async throws(ProxyFailure) -> Base.Output {
    meter.count(received: 1)
    meter.count(running: 1)
    defer { meter.count(running: -1) }
    do throws(ProxyFailure) {
      let output = try await base.run(input, in: exchange)
      meter.count(emitted: 1)
      return output
    } catch {
      if error.stage == Base.name { meter.countFailure() }
      throw error
    }
  }

  package var graph: StageGraph {
    let node = StageGraph(meter, kind: .step)
    let inner = base.graph
    return inner.nodes.isEmpty ? node : node.around(inner, label: "each candidate")
  }
}
