import Foundation
import Pipeline
import ProxyTesting
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `Clients without a proper handshake` {
  @Test func `are told that the port speaks HTTPS`() async throws {
    let calls = Tally()
    try await withSecureServer { request, client in
      calls.add()
      await echo(request, client)
    } _: { port, certificate, _ in
      let client = try TestClient(port: port)
      client.post("/v1/messages", #"{"model": "m"}"#)
      let reply = await client.reply()
      #expect(reply.status == 400)
      #expect(reply.isWhole)
      #expect(reply.body.text.contains("https://"))
    }
    #expect(calls.value == 0)
  }

  @Test func `get an alert for what only looks like one`() async throws {
    try await withSecureServer(echo) { port, certificate, _ in
      let client = try TestClient(port: port)
      // A record of the right type and version, with no such message in it.
      client.send(Bytes([22, 3, 1, 0, 8]) + Bytes(repeating: 255, count: 8))
      let bytes = await client.received { _ in false }
      #expect(bytes.first == 21)
      // Others are served as before.
      let other = try await SecureClient(port: port, trusting: certificate)
      other.post("/", "x")
      #expect(await other.reply().reply.body.text == "POST /|-|x")
    }
  }

  @Test(arguments: [0, 1, 5, 40])
  func `are left when the time for the first request is over`(count: Int) async throws {
    let time = ManualTime()
    try await withSecureServer(time: time, options: .test(), echo) { port, certificate, server in
      let client = try TestClient(port: port)
      await time.waitUntilSomethingIsDue(within: .seconds(10))
      time.advance(by: .seconds(9))
      // The beginning of a record that is never whole gains nobody more time.
      client.send(Bytes([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3] + Array(repeating: 1, count: 29))[..<count])
      await time.waitUntilSomethingIsDue(within: .seconds(1))
      time.advance(by: .seconds(1))
      #expect(await client.received { _ in false }.isEmpty)
    }
  }

  @Test func `harm nobody when they leave in the middle of it`() async throws {
    try await withSecureServer(echo) { port, certificate, server in
      let client = try TestClient(port: port)
      client.send(Bytes([22, 3, 1, 2, 0, 1]))
      client.reset()
      let other = try await SecureClient(port: port, trusting: certificate)
      other.post("/", "x")
      #expect(await other.reply().reply.status == 200)
    }
  }

  @Test func `are cut off when they send data before it`() async throws {
    let calls = Tally()
    try await withSecureServer { request, client in
      calls.add()
      await echo(request, client)
    } _: { port, certificate, _ in
      let client = try TestClient(port: port)
      // The beginning of a message, then "encrypted" data before anything was agreed on.
      client.send(
        Bytes([22, 3, 1, 0, 4, 1, 0, 1, 0]) + Bytes([23, 3, 3, 0, 20]) + Bytes(repeating: 9, count: 20))
      let bytes = await client.received { _ in false }
      #expect(bytes.first == 21)
    }
    #expect(calls.value == 0)
  }
}

@Suite(.timeLimit(.minutes(1))) struct `The files of a certificate` {
  private func problem(_ certificate: String, _ key: String) throws -> String {
    let problem = #expect(throws: CertificateProblem.self) {
      try ServerTLS(.init(certificate: certificate, key: key))
    }
    return try #require(problem).description
  }

  @Test func `are named when they do not exist`() async throws {
    let good = try await TestCertificate()
    defer { good.remove() }
    let first = try problem("/nowhere/certificate.pem", good.keyFile)
    #expect(first.contains("/nowhere/certificate.pem (server.tls.certificate) does not exist"))
    let second = try problem(good.file, "/nowhere/key.pem")
    #expect(second.contains("/nowhere/key.pem (server.tls.key) does not exist"))
  }

  @Test func `are named when something else is in them`() async throws {
    let good = try await TestCertificate()
    defer { good.remove() }
    #expect(
      try problem(good.keyFile, good.keyFile).contains("(server.tls.certificate) is no certificate in PEM"))
    #expect(try problem(good.file, good.file).contains("(server.tls.key) is no private key in PEM"))
  }

  @Test func `are both named when they do not belong together`() async throws {
    let (one, other) = (try await TestCertificate(), try await TestCertificate())
    defer {
      one.remove()
      other.remove()
    }
    let text = try problem(one.file, other.keyFile)
    #expect(text.contains("the key in \(other.keyFile) (server.tls.key) does not belong"))
    #expect(text.contains("certificate in \(one.file)"))
  }

  @Test func `may not be locked with a passphrase`() async throws {
    let good = try await TestCertificate()
    defer { good.remove() }
    let locked = try await good.lockedKeyFile()
    let text = try problem(good.file, locked)
    #expect(text.contains("\(locked) (server.tls.key) is locked with a passphrase"))
    #expect(text.contains("openssl pkey"))
  }

  @Test func `say how long the certificate is valid`() async throws {
    let certificate = try await TestCertificate(years: 2020...2021)
    defer { certificate.remove() }
    // 2021-12-31T23:59:59Z
    #expect(try ServerTLS(certificate.files).end == 1_640_995_199_000)
  }

  @Test func `are taken up again for new connections, and only when they are good`() async throws {
    let (first, second) = (try await TestCertificate(), try await TestCertificate())
    let place = try await TestCertificate()
    defer { for certificate in [first, second, place] { certificate.remove() } }
    try place.replace(with: first)
    let tls = try ServerTLS(place.files)
    try await withServer(tls: tls, echo) { port, _ in
      let old = try await SecureClient(port: port, trusting: first)
      try place.replace(with: second)
      await #expect(throws: (any Error).self) { _ = try await SecureClient(port: port, trusting: second) }
      try tls.renew()
      let new = try await SecureClient(port: port, trusting: second)
      for client in [old, new] {
        client.post("/", "x")
        #expect(await client.reply().reply.status == 200)
      }
      try Data().write(to: URL(filePath: place.keyFile))
      #expect(throws: CertificateProblem.self) { try tls.renew() }
      _ = try await SecureClient(port: port, trusting: second)
    }
  }
}
