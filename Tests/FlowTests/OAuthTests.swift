import Foundation
import Gateway
import Journal
import Logging
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Endpoints that are paid by OAuth: their access tokens are renewed in time, once, and never lost.
@Suite(.timeLimit(.minutes(2))) struct OAuthTests {
  static let frames = Answers.textFrames("hello")
  static let refused = Answers.status(401, "authentication_error")

  /// A token endpoint's answer.
  static func tokens(_ number: Int) -> ScriptedUpstream.Script {
    OpenAI.json(
      #"{"token_type":"Bearer","access_token":"access-\#(number)","refresh_token":"refresh-\#(number)","expires_in":3600}"#
    )
  }

  /// Makes the first endpoint one that is paid by OAuth.
  private func oauth(
    _ tokenServer: ScriptedUpstream?, expiresIn seconds: Int64?
  ) -> (inout Settings) -> Void {
    { settings in
      var tokens = Endpoint.OAuthTokens(accessToken: Secret("access-0"))
      tokens.refreshToken = Secret("refresh-0")
      tokens.tokenURL = tokenServer.map { $0.url + "/oauth/token" }
      tokens.clientID = "client"
      tokens.scopes = ["user:inference", "user:profile"]
      tokens.expiresAt = seconds.map { ManualTime().wallMilliseconds + $0 * 1000 }
      settings.endpoints[0].credential = .oauth(tokens)
    }
  }

  private func tokensSent(_ upstream: ScriptedUpstream) -> [String?] {
    upstream.received.map { $0.field("authorization") }
  }

  @Test func `an expired token is renewed before it is used`() async throws {
    let server = try ScriptedUpstream(Self.tokens(1))
    defer { server.stop() }
    let only = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(only, change: oauth(server, expiresIn: -5)) { flow in
      try await expectStatus(flow) { $0 == 200 }
      try await expectStatus(flow) { $0 == 200 }
      #expect(tokensSent(only) == ["Bearer access-1", "Bearer access-1"])
      #expect(server.received.count == 1)
      let asked = OpenAI.object(try #require(server.received.first).body)
      #expect(
        asked["grant_type"] as? String == "refresh_token" && asked["refresh_token"] as? String == "refresh-0")
      #expect(asked["client_id"] as? String == "client")
      #expect(asked["scope"] as? String == "user:inference user:profile")
      let stored = try #require(flow.logins.all.last?["first"]?.tokens)
      #expect(stored.refreshToken?.exposed == "refresh-1")
      #expect(stored.expiresAt == flow.time.wallMilliseconds + 3_600_000)
    }
  }

  @Test func `a token that expires soon is renewed while it still serves`() async throws {
    let server = try ScriptedUpstream(Self.tokens(1))
    defer { server.stop() }
    let only = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(only, change: oauth(server, expiresIn: 200)) { flow in
      try await expectStatus(flow) { $0 == 200 }
      await flow.logins.gate.wait()
      try await expectStatus(flow) { $0 == 200 }
      #expect(tokensSent(only) == ["Bearer access-0", "Bearer access-1"])
    }
  }

  @Test(arguments: [nil, 3600] as [Int64?])
  func `a refused token is renewed once`(_ expiresIn: Int64?) async throws {
    let server = try ScriptedUpstream(Self.tokens(1))
    defer { server.stop() }
    let only = try ScriptedUpstream(Self.refused, Answers.whole(Self.frames))
    try await withFlow(only, change: oauth(server, expiresIn: expiresIn)) { flow in
      try await expectStatus(flow) { $0 == 200 }
      #expect(tokensSent(only) == ["Bearer access-0", "Bearer access-1"])
      let decisions = try await flow.journaled().attempts.map(\.decision)
      #expect(decisions == ["same endpoint with a new login", "served"])
      #expect(flow.gateway.health.status(of: "first") == .available)
    }
  }

  @Test func `a new token that is refused too is the endpoint's failure`() async throws {
    let server = try ScriptedUpstream(Self.tokens(1))
    defer { server.stop() }
    let first = try ScriptedUpstream(Self.refused)
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second, change: oauth(server, expiresIn: 3600)) { flow in
      try await expectStatus(flow) { $0 == 200 }
      #expect(first.received.count == 2 && second.received.count == 1 && server.received.count == 1)
    }
  }

  @Test func `however many requests need it, a token is renewed once`() async throws {
    let isAnswering = Gate()
    let mayAnswer = Gate()
    let server = try ScriptedUpstream([.reach(isAnswering), .wait(mayAnswer)] + Self.tokens(1))
    defer { server.stop() }
    let only = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(only, change: oauth(server, expiresIn: -5)) { flow in
      let clients = try (0..<8).map { _ in try flow.ask() }
      await isAnswering.wait()
      mayAnswer.open()
      for client in clients {
        let reply = await client.reply()
        #expect(reply.status == 200)
      }
      #expect(server.received.count == 1)
      #expect(Set(tokensSent(only)) == ["Bearer access-1"])
    }
  }

  @Test func `a refresh that fails leaves the old token, and is not repeated at once`() async throws {
    let server = try ScriptedUpstream(OpenAI.json(#"{"error":"invalid_grant"}"#, status: 400))
    defer { server.stop() }
    let only = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(only, change: oauth(server, expiresIn: -5)) { flow in
      try await expectStatus(flow) { $0 == 200 }
      try await expectStatus(flow) { $0 == 200 }
      #expect(tokensSent(only) == ["Bearer access-0", "Bearer access-0"])
      #expect(server.received.count == 1 && flow.logins.all.isEmpty)
    }
  }

  @Test func `tokens without a place to renew them are used as they are`() async throws {
    let only = try ScriptedUpstream(Self.refused)
    try await withFlow(only, change: oauth(nil, expiresIn: -5)) { flow in
      try await expectStatus(flow) { $0 == 401 }
      #expect(only.received.count == 1)
    }
  }

  @Test func `renewed logins are stored for their owner alone, and give way to a new configuration`()
    async throws
  {
    let folder = TemporaryFolder()
    let configuration = folder.path + "/config.yaml"
    let server = try ScriptedUpstream(Self.tokens(1))
    defer { server.stop() }
    let only = try ScriptedUpstream(Answers.whole(Self.frames))
    let log = Logger(label: "oauth") { _ in SwiftLogNoOpLogHandler() }
    try await withFlow(only, change: oauth(server, expiresIn: -5)) { flow in
      var settings = flow.gateway.generation.settings
      let transport = flow.transport
      let file = LoginFile(configurationPath: configuration, log: log)
      let before = await file.logins(over: transport, time: flow.time).endpoint(settings.endpoints[0])
      #expect(before == "access-1")
      let stored = folder.path + "/oauth-logins.json"
      let mode = try FileManager.default.attributesOfItem(atPath: stored)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let afterRestart = await LoginFile(configurationPath: configuration, log: log)
        .logins(over: transport, time: flow.time).endpoint(settings.endpoints[0])
      #expect(afterRestart == "access-1" && server.received.count == 1)
      var tokens = Endpoint.OAuthTokens(accessToken: Secret("written-anew"))
      tokens.refreshToken = Secret("refresh-anew")
      settings.endpoints[0].credential = .oauth(tokens)
      let changed = await LoginFile(configurationPath: configuration, log: log)
        .logins(over: transport, time: flow.time).endpoint(settings.endpoints[0])
      #expect(changed == "written-anew")
    }
  }
}

extension OAuthLogins {
  /// The access token that would be used now.
  fileprivate func endpoint(_ endpoint: Endpoint) async -> String? {
    await ready(endpoint)
    guard case .oauth(let tokens) = current(endpoint).credential else { return nil }
    return tokens.accessToken.exposed
  }
}

/// A folder that goes with the value.
private final class TemporaryFolder: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("oauth-\(UUID().uuidString)").path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
