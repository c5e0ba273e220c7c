import Foundation
import Gateway
import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct GraphTests {
  func flow() throws -> Flow {
    try Flow(
      clientToken: nil, rules: [], endpoints: [], selection: SelectionOptions(), failover: FailoverOptions(),
      health: EndpointHealth(time: ManualTime()), reasoning: ReasoningMemory(),
      transport: DemoTransport(endpoints: [], configurationPath: ""))
  }

  @Test func `the drawing in ARCHITECTURE is the composition`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../ARCHITECTURE.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let drawing = text.split(separator: "<!-- graph:begin -->").last?.split(separator: "<!-- graph:end -->")
      .first
    #expect(drawing == "\n```mermaid\n\(try flow().graph.mermaid)\n```\n")
  }

  @Test func `every part is a node once, with an edge to the next`() throws {
    let graph = try flow().graph
    #expect(
      graph.nodes.map(\.name.rawValue) == [
        "accept", "match-tag", "select-endpoint", "failover", "call-upstream", "tee-log", "sniff-format",
        "parse-sse", "validate-openai", "translate-openai", "validate-protocol",
      ])
    #expect(graph.edges.contains(StageGraph.Edge(from: "validate-protocol", to: "failover")))
    #expect(
      graph.edges.contains(StageGraph.Edge(from: "failover", to: "call-upstream", label: "each candidate")))
  }
}
