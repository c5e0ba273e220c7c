/// The graph of the flow, recorded by the composition itself: there is no second list to keep in step.
@usableFromInline
package struct StageGraph: Sendable {
  package struct Node: Sendable {
    package enum Kind: String, Sendable { case step, stage }

    package var meter: StageMeter
    package var kind: Kind

    package var name: StageName { meter.name }
  }

  package struct Edge: Sendable, Hashable {
    package var from: StageName
    package var to: StageName
    package var label: String?

    package init(from: StageName, to: StageName, label: String? = nil) {
      self.from = from
      self.to = to
      self.label = label
    }
  }

  package private(set) var nodes: [Node] = []
  package private(set) var edges: [Edge] = []
  /// Where the ways leave this part of the graph.
  private var exits: [StageName] = []

  package init() {}

  package init(_ meter: StageMeter, kind: Node.Kind) {
    nodes = [Node(meter: meter, kind: kind)]
    exits = [meter.name]
  }

  @usableFromInline
  init(stage meter: StageMeter) { self.init(meter, kind: .stage) }

  /// This part, then `next`.
  @usableFromInline
  package func followed(by next: StageGraph) -> StageGraph {
    guard !nodes.isEmpty, let entry = next.nodes.first?.name else { return nodes.isEmpty ? next : self }
    var joined = self
    joined.nodes += next.nodes
    joined.edges += exits.map { Edge(from: $0, to: entry) } + next.edges
    joined.exits = next.exits
    return joined
  }

  /// This part, then `next` or nothing.
  @usableFromInline
  func followed(byDetour next: StageGraph) -> StageGraph {
    var joined = followed(by: next)
    joined.exits += exits
    return joined
  }

  /// This part with `inner` as a loop at its exit: entered once for each `label`, then back.
  package func around(_ inner: StageGraph, label: String) -> StageGraph {
    guard let entry = inner.nodes.first?.name else { return self }
    var joined = self
    joined.nodes += inner.nodes
    for exit in exits {
      joined.edges += [Edge(from: exit, to: entry, label: label)] + inner.edges
      joined.edges += inner.exits.map { Edge(from: $0, to: exit) }
    }
    return joined
  }

  /// The edges that lead out of the graph, to the client.
  package var exitEdges: [Edge] { exits.map { Edge(from: $0, to: "client") } }

  /// Adds to the meters what each stage mended in one attempt.
  package func count(repairs: [StageName: Int]) {
    guard !repairs.isEmpty else { return }
    for node in nodes {
      if let count = repairs[node.name] { node.meter.count(repaired: count) }
    }
  }

  /// The graph as a Mermaid flowchart between two `client` nodes.
  package var mermaid: String {
    var lines = ["flowchart LR", "  client([client])"]
    for node in nodes {
      lines.append(
        node.kind == .step ? "  \(node.name)[\(node.name)]" : "  \(node.name)([\(node.name)])")
    }
    if let first = nodes.first?.name { lines.append("  client --> \(first)") }
    for edge in edges {
      let label = edge.label.map { "|\($0)|" } ?? ""
      lines.append("  \(edge.from) -->\(label) \(edge.to)")
    }
    lines += exits.map { "  \($0) --> client" }
    return lines.joined(separator: "\n")
  }
}
