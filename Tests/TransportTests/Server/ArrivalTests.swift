import Dispatch
import Pipeline
import ProxyTesting
import Synchronization
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct ArrivalTests {
  /// Requests that came together were all begun before the first went on: streams under way waited for all of them.
  @Test func `of requests that came together one is begun after what is under way`() async throws {
    let (isBlocked, others) = (Gate(), DispatchSemaphore(value: 0))
    let events = Mutex<[String]>([])
    let everybody = Tally(goal: 3)
    try await withServer { request, client in
      if request.path == "/first" {
        // The reactor stands still until the others' requests wait in their sockets.
        isBlocked.open()
        wait(for: others)
      }
      events.withLock { $0.append("begin \(request.path)") }
      for _ in 0..<2 { await Task.yield() }
      events.withLock { $0.append("end \(request.path)") }
      await answer(client, "")
      everybody.add()
    } _: { port, _ in
      let clients = try ["/first", "/second", "/third"].map { ($0, try TestClient(port: port)) }
      for (path, client) in clients {
        client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        if path == "/first" { await isBlocked.wait() }
      }
      others.signal()
      await everybody.reached.wait()
      let order = events.withLock { $0 }
      for place in stride(from: 0, to: order.count, by: 2) {
        #expect(order[place].hasPrefix("begin") && order[place + 1].hasPrefix("end"), "\(order)")
      }
    }
  }

  private func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }
}
