import Foundation
import HTTPTypes
package import Pipeline
package import Stages

/// The endpoint that needs no key: answers in this process, through the same stages as any other.
///
/// Its URL is `demo://NAME/v1/…`. It says that the proxy works and how to add a real endpoint, or breaks on
/// purpose as its script says, so that a failover can be watched before it is needed.
package struct DemoTransport: UpstreamTransport {
  private let scripts: [String: DemoScript]
  private let configurationPath: String

  /// - Parameters:
  ///   - endpoints: those of another dialect are ignored.
  ///   - configurationPath: named in the answer.
  package init(endpoints: [Endpoint], configurationPath: String) {
    var scripts: [String: DemoScript] = [:]
    for endpoint in endpoints {
      if case .demo(let script) = endpoint.dialect { scripts[endpoint.name] = script }
    }
    self.scripts = scripts
    self.configurationPath = configurationPath
  }

  package func start(_ request: UpstreamRequest, time: any TimeSource) -> AnswerStream {
    let gone = Gate()
    let stream = AnswerStream(time: time, onDrain: {}, onCancel: { gone.open() })
    let answer = reply(to: request)
    Task { await Self.perform(answer, into: stream, time: time, gone: gone) }
    return stream
  }

  private func reply(to request: UpstreamRequest) -> DemoReply {
    let (name, path) = Self.split(request.url)
    let script = scripts[name] ?? DemoScript()
    switch path {
    case "/v1/models":
      return DemoReply(json: DemoAnswer.models)
    case "/v1/messages/count_tokens":
      return DemoReply(json: TokenEstimate.answer(for: request.body).text)
    case "/v1/messages":
      let facts = facts(of: request, path: path)
      let answer = DemoAnswer(
        model: facts.model ?? "demo", inputTokens: TokenEstimate(of: request.body).inputTokens,
        text: script.text ?? DemoAnswer.explanation(configurationPath))
      return facts.isStreamed
        ? DemoReply(events: answer, script: script) : DemoReply(message: answer, script: script)
    default:
      return DemoReply(
        status: 404,
        json:
          #"{"type":"error","error":{"type":"not_found_error","message":"The demo endpoint has no such path."}}"#
      )
    }
  }

  private func facts(of request: UpstreamRequest, path: String) -> RequestFacts {
    let seen = ClientRequest(method: .post, path: path, fields: request.fields, body: request.body)
    return (try? RequestFacts.read(seen)) ?? RequestFacts()
  }

  /// `demo://NAME/PATH?QUERY` → name and path.
  private static func split(_ url: String) -> (name: String, path: String) {
    let rest = url.dropFirst("demo://".count)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let name = String(rest[..<slash])
    return (name.removingPercentEncoding ?? name, String(rest[slash...].prefix { $0 != "?" }))
  }

  private static func perform(
    _ reply: DemoReply, into stream: AnswerStream, time: any TimeSource, gone: Gate
  ) async {
    stream.deliver(
      UpstreamHead(
        status: reply.status, fields: [.contentType: reply.contentType], version: "in-process"))
    var next = time.now
    for chunk in reply.chunks {
      guard !gone.isOpen else { return }
      _ = stream.deliver(chunk)
      next = next + reply.delay
      await time.sleep(until: next, or: gone)
    }
    switch reply.ending {
    case .complete: stream.end()
    case .cut:
      stream.end(
        .failure(
          ProxyFailure(
            .connectionLost, origin: .upstream, stage: "call-upstream",
            detail: "The demo endpoint dropped the connection, as its script says.")))
    case .stall: await gone.wait()
    }
  }
}
