import Pipeline
import ProxyTesting
import Synchronization
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct ArrivalTests {
  /// Requests that came together were all begun before the first went on: streams under way waited for all of them.
  @Test func `of requests that came together one is begun after what is under way`() async throws {
    let events = Mutex<[String]>([])
    let others = Mutex<[(path: String, client: TestClient)]>([])
    let everybody = Tally(goal: 3)
    try await withServer { request, client in
      if request.path == "/first" {
        // On the reactor's thread: it finds both requests when it looks after its sockets next.
        for (path, client) in others.withLock({ $0 }) { Self.ask(client, path) }
      }
      events.withLock { $0.append("begin \(request.path)") }
      for _ in 0..<2 { await Task.yield() }
      events.withLock { $0.append("end \(request.path)") }
      await answer(client, "")
      everybody.add()
    } _: { port, _ in
      let clients = try ["/second", "/third"].map { (path: $0, client: try TestClient(port: port)) }
      others.withLock { $0 = clients }
      let first = try TestClient(port: port)
      Self.ask(first, "/first")
      await everybody.reached.wait()
      let order = events.withLock { $0 }
      for place in stride(from: 0, to: order.count, by: 2) {
        #expect(order[place].hasPrefix("begin") && order[place + 1].hasPrefix("end"), "\(order)")
      }
    }
  }

  private static func ask(_ client: TestClient, _ path: String) {
    client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
  }
}
