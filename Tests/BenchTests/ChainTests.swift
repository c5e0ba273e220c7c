import BenchKit
import Gateway
import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct ChainTests {
  private func stages(_ graph: StageGraph) -> [String] {
    graph.nodes.filter { $0.kind == .stage }.map(\.name.rawValue)
  }

  @Test func `the chain that is measured is the one of the flow`() throws {
    let flow = try Flow(
      clientToken: nil, rules: [], endpoints: [], selection: SelectionOptions(), failover: FailoverOptions(),
      health: EndpointHealth(time: ManualTime()), reasoning: ReasoningMemory(),
      transport: DemoTransport(endpoints: [], configurationPath: ""))
    #expect(stages(StageBench.chainGraph) == stages(flow.graph))
    #expect(!stages(flow.graph).isEmpty)
  }
}
