import HTTPTypes
import Pipeline

/// What goes on now: the graph, the snapshot and its stream, and the requests under way.
struct LiveRoutes: RouteGroup {
  let backend: any AdminBackend
  let maker: SnapshotMaker
  let feed: LiveFeed

  var title: String { "live" }

  var routes: [Route] { [graph, snapshot, live, requests, move] }

  private var graph: Route {
    Route(
      .get, "/graph",
      Operation("The parts of the flow, and how they hang together", answer: .json(Graph.schema))
    ) {
      _ in .json(Graph(backend.graph))
    }
  }

  private var snapshot: Route {
    Route(.get, "/snapshot", Operation("What goes on at this moment", answer: .json(Snapshot.schema))) { _ in
      .json(await maker.snapshot())
    }
  }

  private var live: Route {
    Route(
      .get, "/live",
      Operation("The same once a second, as events", answer: .events(Snapshot.schema), errors: [.unavailable])
    ) { _ in
      guard let reply = feed.listen() else {
        throw AdminError(.unavailable, "\(LiveFeed.most) look already; close a page, or ask for /snapshot.")
      }
      return reply
    }
  }

  private struct Requests: JSONObject {
    var requests: [InFlight]
    static let schemaName = "RequestsInFlight"
    static let members: [Member<Requests>] = [Member("requests") { $0.requests }]
  }

  private var requests: Route {
    Route(
      .get, "/requests", Operation("The requests under way, oldest first", answer: .json(Requests.schema))
    ) { _ in
      .json(Requests(requests: backend.inFlight.map { InFlight($0) }))
    }
  }

  private struct Moved: JSONObject {
    var moved = true
    static let schemaName = "Moved"
    static let members: [Member<Moved>] = [Member("moved") { $0.moved }]
  }

  private var move: Route {
    Route(
      .post, "/requests/{id}/move",
      Operation("Takes a request away from the endpoint that answers it now", answer: .json(Moved.schema))
    ) { request in
      let id = ExchangeID(text: request.path("id"))
      guard backend.move(id, askedBy: "by hand, from \(request.client.peer)") else {
        throw AdminError(.notFound, "The request \(id) is not under way.")
      }
      return .json(Moved())
    }
  }
}
