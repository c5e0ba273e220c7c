package import Pipeline

/// One place that can answer, as configured.
package struct Endpoint: Sendable, Equatable {
  /// The wire protocol it speaks.
  package enum Dialect: Sendable, Equatable {
    case anthropic
    case openAI
    /// Answers in this process, without a key; see `DemoScript`.
    case demo(DemoScript)
  }

  /// Why an endpoint has the profile it has.
  package enum ProfileOrigin: Sendable, Equatable {
    /// Named by `provider`.
    case named
    /// The URL's host, or its port, is known to be the provider's.
    case guessed(from: String)
    /// Nothing is known of the host.
    case fallback
  }

  /// Who answers `count_tokens` where the endpoint cannot.
  package enum CountTokens: Sendable, Equatable {
    /// The proxy itself; see `TokenEstimate`.
    case estimate
    /// The Anthropic endpoint of that name.
    case forward(to: String)
  }

  /// How it wants to be paid. Whatever credential the client sent is dropped, unless `forwardClient`.
  package enum Credential: Sendable, Equatable {
    case none
    /// `x-api-key: VALUE`
    case apiKey(Secret)
    /// `Authorization: Bearer VALUE`
    case bearer(Secret)
    /// `Authorization: VALUE`
    case authorization(Secret)
    case oauth(OAuthTokens)
    /// The client's own credential goes out unchanged: only ever to api.anthropic.com.
    case forwardClient
  }

  package struct OAuthTokens: Sendable, Equatable {
    package var accessToken: Secret
    package var refreshToken: Secret?
    /// Milliseconds since 1970; nil when unknown.
    package var expiresAt: Int64?
    package var tokenURL: String?
    package var clientID: String?
    package var scopes: [String] = []
    package var autoRefresh = true

    package init(accessToken: Secret) { self.accessToken = accessToken }
  }

  /// Rewrites model names on the way out; the original is put back into the answer.
  package struct ModelRewrite: Sendable, Equatable {
    package struct Rule: Sendable, Equatable {
      /// With wildcards `*` and `?`, over the whole name.
      package var sourcePattern: String
      package var targetModel: String

      package init(sourcePattern: String, targetModel: String) {
        self.sourcePattern = sourcePattern
        self.targetModel = targetModel
      }
    }

    package var isEnabled = false
    /// Tried in order; the first match wins.
    package var rules: [Rule] = []
    /// An untagged endpoint without rules turns names that do not start with `claude` into a Sonnet.
    package var isImplicit = false

    package init() {}
  }

  /// One change to a request: a value to set, or nil to delete what is there.
  package struct Override: Sendable, Equatable {
    package var name: String
    /// For headers the text; for parameters a JSON text.
    package var value: String?

    package init(name: String, value: String?) {
      self.name = name
      self.value = value
    }
  }

  /// The identity of the endpoint in statistics and logs.
  package var name: String
  /// Base URL without `/v1` and without a trailing slash.
  package var url: String
  package var dialect = Dialect.anthropic
  /// OpenAI-compatible endpoints: the path appended to `url`.
  package var pathPrefix = ""
  package var credential = Credential.none
  package var isEnabled = true
  /// Smaller comes first.
  package var priority = 1
  /// The share in `weighted` selection; at least 1.
  package var weight = 1
  /// Requests it serves at once; nil: no limit.
  package var maxConcurrent: Int?
  /// Empty: universal.
  package var tags: Set<String> = []
  package var modelRewrite = ModelRewrite()
  package var proxy: UpstreamProxy?
  package var headerOverrides: [Override] = []
  package var parameterOverrides: [Override] = []
  package var maxTokensFieldName: String?
  package var enhancedProtection = false
  package var reorderSystemMessagesFirst = false
  /// What the provider wants and refuses; non-nil exactly for `Dialect.openAI`. `maxTokensFieldName` and
  /// `reorderSystemMessagesFirst` are applied to it already.
  package var profile: ProviderProfile?
  /// Non-nil exactly where `profile` is.
  package var profileOrigin: ProfileOrigin?
  /// Of OpenAI-compatible endpoints.
  package var countTokens = CountTokens.estimate
  package var timeouts = UpstreamTimeouts()

  package init(name: String, url: String) {
    self.name = name
    self.url = url
  }
}

/// What a demo endpoint does instead of a model: it tells that the proxy works, or breaks on purpose.
package struct DemoScript: Sendable, Equatable {
  package enum Fault: String, Sendable, CaseIterable {
    /// The connection ends after `afterEvents` events.
    case truncate
    /// Nothing more comes after `afterEvents` events.
    case stall
    /// An `overloaded_error` event after `afterEvents` events.
    case errorEvent = "error_event"
    /// HTTP 529 before anything.
    case overloaded
    /// A data line that is not JSON after `afterEvents` events.
    case invalidJSON = "invalid_json"
    /// The connection ends within a tool call's arguments.
    case cutInsideTool = "cut_inside_tool"
  }

  package var fault: Fault?
  /// How many events come before the fault.
  package var afterEvents = 3
  /// The pause between two events.
  package var eventDelay: Duration = .milliseconds(40)
  /// Text to stream instead of the standard explanation.
  package var text: String?

  package init() {}
}
