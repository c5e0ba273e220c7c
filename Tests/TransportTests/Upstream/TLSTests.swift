import HTTPTypes
import Pipeline
import ProxyTesting
import Testing
import Transport

/// Whom the client trusts, on real sockets.
@Suite(.timeLimit(.minutes(1))) struct TLSTests {
  /// Asks an endpoint behind `certificate`; returns the answer, or how it failed, and the endpoint.
  func ask(
    _ certificate: TestCertificate, trusting trusted: TestCertificate?, host: String = "127.0.0.1"
  ) async throws -> (answer: Result<String, ProxyFailure>, upstream: ScriptedUpstream) {
    let upstream = try ScriptedUpstream([.head(200, ["content-length": "2"]), .raw(Bytes(utf8: "ok"))])
    let front = try TLSFront(certificate, to: upstream)
    let transport = try CurlTransport(caFile: trusted?.file)
    defer {
      transport.close()
      upstream.stop()
    }
    let request = UpstreamRequest(
      method: .post, url: "https://\(host):\(front.port)/v1/messages",
      fields: [.init("x-api-key")!: "a-secret"], body: Bytes(utf8: "{}"))
    let stream = transport.start(request, time: ManualTime())
    let answer: Result<String, ProxyFailure>
    do throws(ProxyFailure) {
      answer = .success(try await stream.makeAsyncIterator().next()?.text ?? "")
    } catch {
      answer = .failure(error)
    }
    return (answer, upstream)
  }

  func expectRefusal(
    _ asked: (answer: Result<String, ProxyFailure>, upstream: ScriptedUpstream),
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard case .failure(let failure) = asked.answer else {
      Issue.record("answered: \(asked.answer)", sourceLocation: sourceLocation)
      return
    }
    #expect(failure.code == .tlsFailed && failure.origin == .upstream, sourceLocation: sourceLocation)
    #expect(failure.detail.contains("certificate"), sourceLocation: sourceLocation)
    // Not a byte of the request, and so no credential, left.
    #expect(asked.upstream.connectionCount == 0, sourceLocation: sourceLocation)
  }

  @Test func `a certificate that is trusted is accepted`() async throws {
    let certificate = try await TestCertificate()
    defer { certificate.remove() }
    let asked = try await ask(certificate, trusting: certificate)
    #expect(try asked.answer.get() == "ok")
    #expect(asked.upstream.received.first?.field("x-api-key") == "a-secret")
  }

  @Test func `a certificate that nobody signed is refused before the request leaves`() async throws {
    let certificate = try await TestCertificate()
    defer { certificate.remove() }
    expectRefusal(try await ask(certificate, trusting: nil))
  }

  @Test func `so is one that another authority signed`() async throws {
    let (certificate, other) = (try await TestCertificate(), try await TestCertificate())
    defer {
      certificate.remove()
      other.remove()
    }
    expectRefusal(try await ask(certificate, trusting: other))
  }

  @Test(arguments: ["127.0.0.1", "localhost"])
  func `so is one of another host`(_ host: String) async throws {
    let certificate = try await TestCertificate(for: "DNS:elsewhere.example")
    defer { certificate.remove() }
    expectRefusal(try await ask(certificate, trusting: certificate, host: host))
  }

  @Test func `so is one that has expired`() async throws {
    let certificate = try await TestCertificate(years: 2020...2021)
    defer { certificate.remove() }
    expectRefusal(try await ask(certificate, trusting: certificate))
  }

  @Test func `so is one that is not valid yet`() async throws {
    let certificate = try await TestCertificate(years: 2098...2099)
    defer { certificate.remove() }
    expectRefusal(try await ask(certificate, trusting: certificate))
  }
}
