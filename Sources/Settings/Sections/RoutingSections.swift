import Stages

extension SelectionOptions {
  /// Reads the section `selection`.
  init(_ map: Mapping) {
    self.init()
    strategy = map["strategy"]?.choice() ?? strategy
    sessionAffinity = map["session_affinity"]?.boolean() ?? sessionAffinity
  }

  func outline(_ out: inout Outline) {
    out.plain("strategy", strategy.rawValue)
    out.plain("session_affinity", sessionAffinity)
  }
}

extension FailoverOptions {
  /// Reads the section `failover`.
  init(_ map: Mapping) {
    self.init()
    commit = map["commit"]?.choice() ?? commit
    holdThinking = map["hold_thinking"]?.boolean() ?? holdThinking
    resume = map["resume"]?.choice() ?? resume
    pingInterval = map["ping_interval"]?.limit() ?? pingInterval
    triesPerEndpoint = map["tries_per_endpoint"]?.integer(in: 1...100) ?? triesPerEndpoint
    switchOnClientErrors = map["switch_on_client_errors"]?.boolean() ?? switchOnClientErrors
    benchWindow = map["bench_window"]?.duration() ?? benchWindow
    benchTime = map["bench_time"]?.duration() ?? benchTime
    slowStart = map["slow_start"]?.duration() ?? slowStart
    maximumRetryAfter = map["maximum_retry_after"]?.duration() ?? maximumRetryAfter
    backOff = map["back_off"]?.duration() ?? backOff
    hedgeAfter = map["hedge_after"]?.duration()
    budget = map["budget"]?.duration()
    rules = map["rules"]?.elements().compactMap { $0.mapping { FailureRule($0) } } ?? []
  }

  func outline(_ out: inout Outline) {
    out.plain("commit", commit.rawValue)
    out.plain("hold_thinking", holdThinking)
    out.plain("resume", resume.rawValue)
    out.duration("ping_interval", pingInterval)
    out.plain("tries_per_endpoint", triesPerEndpoint)
    out.plain("switch_on_client_errors", switchOnClientErrors)
    out.duration("bench_window", benchWindow)
    out.duration("bench_time", benchTime)
    out.duration("slow_start", slowStart)
    out.duration("maximum_retry_after", maximumRetryAfter)
    out.duration("back_off", backOff)
    if let hedgeAfter { out.duration("hedge_after", hedgeAfter) }
    if let budget { out.duration("budget", budget) }
    if !rules.isEmpty { out.items("rules", rules) { $0.outline(&$1) } }
  }
}
