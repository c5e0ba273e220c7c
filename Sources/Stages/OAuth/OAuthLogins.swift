package import Pipeline
import Synchronization

/// The logins of endpoints that are paid by OAuth: gives out access tokens, and gets new ones before they expire or
/// when an endpoint refuses them.
///
/// Keyed by endpoint name and owned outside the flow, so it survives a reload. A refresh token works once with most
/// servers: however many requests need a new access token, it is asked for once, and what comes back is stored before
/// anybody uses it. Tokens written anew into the configuration win over stored ones.
package final class OAuthLogins: Sendable {
  /// Tokens as they are stored.
  package struct Login: Sendable, Equatable {
    /// Tells whether the configuration has had new tokens since.
    package var configured: String
    package var tokens: Endpoint.OAuthTokens

    package init(configured: String, tokens: Endpoint.OAuthTokens) {
      self.configured = configured
      self.tokens = tokens
    }
  }

  fileprivate struct State {
    var logins: [String: Login] = [:]
    /// The refresh that runs; nil in the end when it failed.
    var refreshing: [String: Task<Endpoint.OAuthTokens?, Never>] = [:]
    /// When to try again after a failure.
    var nextTry: [String: MonotonicTime] = [:]
  }

  /// A token is renewed when less than this of its life is left.
  private static let margin: Int64 = 300_000
  private static let pauseAfterFailure: Duration = .seconds(60)

  private let transport: any UpstreamTransport
  private let time: any TimeSource
  private let store: @Sendable ([String: Login]) -> Void
  private let report: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - logins: what was stored before, by endpoint name.
  ///   - store: called with all logins after every change, one call at a time.
  ///   - report: gets a line for every refresh and every failure of one; never a secret.
  package init(
    _ logins: [String: Login] = [:], transport: any UpstreamTransport, time: any TimeSource,
    store: @escaping @Sendable ([String: Login]) -> Void = { _ in },
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.transport = transport
    self.time = time
    self.store = store
    self.report = report
    state = Mutex(State(logins: logins))
  }

  /// Sees to it that the endpoint has an access token that lives. Waits for a refresh only when the old one has
  /// expired.
  ///
  /// - Parameter endpoint: as configured.
  package func ready(_ endpoint: Endpoint) async {
    guard case .oauth(let configured) = endpoint.credential else { return }
    let tokens = state.withLock { $0.newest(of: endpoint, configured) }
    guard let expiresAt = tokens.expiresAt, expiresAt - time.wallMilliseconds < Self.margin,
      let refresh = refresh(endpoint, configured, used: tokens)
    else { return }
    if expiresAt <= time.wallMilliseconds { _ = await refresh.value }
  }

  /// The endpoint with the newest access token there is.
  ///
  /// - Parameter endpoint: as configured.
  package func current(_ endpoint: Endpoint) -> Endpoint {
    guard case .oauth(let configured) = endpoint.credential else { return endpoint }
    var current = endpoint
    current.credential = .oauth(state.withLock { $0.newest(of: endpoint, configured) })
    return current
  }

  /// The endpoint refused its access token. True when there is another one to try.
  ///
  /// - Parameters:
  ///   - endpoint: as configured.
  ///   - used: what `current` made of it.
  package func renew(_ endpoint: Endpoint, used: Endpoint) async -> Bool {
    guard case .oauth(let configured) = endpoint.credential, case .oauth(let used) = used.credential else {
      return false
    }
    return await refresh(endpoint, configured, used: used, isRefused: true)?.value != nil
  }

  /// The refresh that runs, or a new one; nil when there can be none, or the last failure is too fresh.
  private func refresh(
    _ endpoint: Endpoint, _ configured: Endpoint.OAuthTokens, used: Endpoint.OAuthTokens,
    isRefused: Bool = false
  ) -> Task<Endpoint.OAuthTokens?, Never>? {
    let now = time.now
    return state.withLock { state in
      if let running = state.refreshing[endpoint.name] { return running }
      let newest = state.newest(of: endpoint, configured)
      // Somebody else's request had the same need before: a refresh token must not be used twice.
      if newest.accessToken != used.accessToken { return Task { newest } }
      guard newest.canRefresh else { return nil }
      if !isRefused, let nextTry = state.nextTry[endpoint.name], now < nextTry { return nil }
      let task = Task { await self.run(endpoint, configured, newest) }
      state.refreshing[endpoint.name] = task
      return task
    }
  }

  private func run(
    _ endpoint: Endpoint, _ configured: Endpoint.OAuthTokens, _ tokens: Endpoint.OAuthTokens
  ) async -> Endpoint.OAuthTokens? {
    do throws(ProxyFailure) {
      let renewed = try await OAuthRefresh(tokens, of: endpoint).run(over: transport, time: time)
      let all = state.withLock { state in
        state.logins[endpoint.name] = Login(configured: configured.fingerprint, tokens: renewed)
        state.nextTry[endpoint.name] = nil
        return state.logins
      }
      // Before anybody uses it: the old refresh token may be void already.
      store(all)
      state.withLock { $0.refreshing[endpoint.name] = nil }
      report("\(endpoint.name): the OAuth login was renewed")
      return renewed
    } catch {
      state.withLock { state in
        state.refreshing[endpoint.name] = nil
        state.nextTry[endpoint.name] = time.now + Self.pauseAfterFailure
      }
      report("\(endpoint.name): the OAuth login could not be renewed: \(error.detail)")
      return nil
    }
  }
}

extension OAuthLogins.State {
  /// The stored tokens if they descend from what the configuration says.
  fileprivate func newest(
    of endpoint: Endpoint, _ configured: Endpoint.OAuthTokens
  ) -> Endpoint.OAuthTokens {
    guard let login = logins[endpoint.name], login.configured == configured.fingerprint else {
      return configured
    }
    return login.tokens
  }
}

extension Endpoint.OAuthTokens {
  fileprivate var canRefresh: Bool { autoRefresh && refreshToken != nil && tokenURL != nil }

  /// Of what the configuration says; no token can be read off it.
  fileprivate var fingerprint: String {
    StableHash("\(accessToken.exposed)\n\(refreshToken?.exposed ?? "")".utf8).hexadecimal
  }
}
