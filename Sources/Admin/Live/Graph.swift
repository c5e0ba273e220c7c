package import Pipeline

/// The flow's graph, for drawing.
package struct Graph: JSONObject {
  package struct Node: JSONObject {
    package var name: String
    package var kind: StageGraph.Node.Kind
    package var numbers: StageMeter.Snapshot

    package static let schemaName = "GraphNode"
    package static let members: [Member<Node>] = [
      Member("name") { $0.name }, Member("kind", oneOf: ["step", "stage"]) { $0.kind.rawValue },
      Member("received") { $0.numbers.received }, Member("emitted") { $0.numbers.emitted },
      Member("failed") { $0.numbers.failed }, Member("repaired") { $0.numbers.repaired },
      Member("running") { $0.numbers.running },
      Member("nanoseconds_per_event") { $0.numbers.nanosecondsPerEvent },
    ]
  }

  package struct Edge: JSONObject {
    package var edge: StageGraph.Edge

    package static let schemaName = "GraphEdge"
    package static let members: [Member<Edge>] = [
      Member("from") { $0.edge.from.rawValue }, Member("to") { $0.edge.to.rawValue },
      Member("label") { $0.edge.label },
    ]
  }

  package var nodes: [Node]
  package var edges: [Edge]

  package init(_ graph: StageGraph) {
    nodes = graph.nodes.map { Node(name: $0.name.rawValue, kind: $0.kind, numbers: $0.meter.snapshot) }
    edges = (graph.edges + graph.exitEdges).map { Edge(edge: $0) }
  }

  package static let schemaName = "Graph"
  package static let members: [Member<Graph>] = [
    Member("nodes") { $0.nodes },
    Member("edges", "\"client\" stands at both ends; the edges from it are implied") { $0.edges },
  ]
}
