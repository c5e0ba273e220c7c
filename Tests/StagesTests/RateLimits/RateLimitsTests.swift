import HTTPTypes
import Testing

@testable import Stages

/// anthropic-request.md §7.
@Suite struct RateLimitsTests {
  static let now: Int64 = 1_795_000_000_000

  private func limits(_ fields: KeyValuePairs<String, String>) throws -> RateLimits? {
    var list = HTTPFields()
    for (name, value) in fields {
      list.append(HTTPField(name: try #require(HTTPField.Name("anthropic-ratelimit-" + name)), value: value))
    }
    return RateLimits(list)
  }

  @Test func `reads the windows of an API key`() throws {
    let limits = try #require(
      try limits([
        "requests-limit": "50", "requests-remaining": "40", "requests-reset": "2026-11-18T12:00:00Z",
        "tokens-limit": "80000", "tokens-remaining": "20000", "tokens-reset": "2026-11-18T12:00:30Z",
      ]))
    #expect(limits.status == nil)
    #expect(limits.windows.map(\.name) == ["requests", "tokens"])
    #expect(limits.windows.map(\.left) == [0.8, 0.25])
    #expect(limits.windows.map(\.reset) == [1_795_003_200_000, 1_795_003_230_000])
    #expect(limits.headroom(at: Self.now) == 0.25)
    #expect(limits.headroom(at: 1_795_003_210_000) == 0.25)
    #expect(limits.headroom(at: 1_795_003_230_000) == 1, "every window has begun anew")
    #expect(limits.rest(isRefused: false, heedsWarnings: true) == nil)
  }

  @Test func `a refusal rests until the last window that is used up begins anew`() throws {
    let limits = try #require(
      try limits([
        "requests-limit": "50", "requests-remaining": "0", "requests-reset": "2026-11-18T12:00:00Z",
        "input-tokens-limit": "9", "input-tokens-remaining": "0",
        "input-tokens-reset": "2026-11-18T12:00:30Z",
        "output-tokens-limit": "9", "output-tokens-remaining": "5",
        "output-tokens-reset": "2026-11-18T13:00:00Z",
      ]))
    #expect(limits.headroom(at: Self.now) == 0)
    let rest = limits.rest(isRefused: true, heedsWarnings: false)
    #expect(rest?.until == 1_795_003_230_000 && rest?.cause == "no input-tokens left")
    #expect(limits.rest(isRefused: false, heedsWarnings: false) == nil, "an answer came all the same")
  }

  @Test(arguments: [
    ("allowed", false, nil), ("allowed", true, nil), ("allowed_warning", false, nil),
    ("allowed_warning", true, "the plan's limit is near"), ("rejected", false, "the plan's limit is reached"),
  ])
  func `reads the status of a subscription`(status: String, heedsWarnings: Bool, cause: String?) throws {
    let limits = try #require(
      try limits([
        "unified-status": status, "unified-reset": "1795003200", "unified-representative-claim": "five_hour",
        "unified-5h-status": status, "unified-5h-utilization": "0.75", "unified-5h-reset": "1795003200",
        "unified-7d_sonnet-utilization": "0.5", "unified-7d_sonnet-reset": "1795900000",
        "unified-overage-disabled-reason": "org_level_disabled", "unified-fallback-percentage": "0.5",
      ]))
    #expect(limits.windows.map(\.name) == ["unified-5h", "unified-7d_sonnet"])
    #expect(limits.headroom(at: Self.now) == (status == "rejected" ? 0 : 0.25))
    let rest = limits.rest(isRefused: status == "rejected", heedsWarnings: heedsWarnings)
    #expect(rest?.cause == cause)
    #expect(rest?.until == (cause == nil ? nil : 1_795_003_200_000))
  }

  @Test func `nonsense is no quota`() throws {
    #expect(RateLimits([.contentType: "text/plain"]) == nil)
    let limits = try #require(
      try limits([
        "tokens-limit": "0", "tokens-remaining": "nan", "x": "1", "unified-status": "perhaps",
        "unified-reset": "-5", "requests-limit": "1e400", "requests-remaining": "1", "odd-utilization": "inf",
        "half-utilization": "7", "half-reset": "soon",
      ]))
    #expect(limits.status == nil && limits.reset == nil)
    #expect(limits.windows.map(\.name) == ["half"])
    #expect(limits.windows.first?.left == 0 && limits.windows.first?.reset == nil)
    #expect(limits.rest(isRefused: true, heedsWarnings: true) == nil, "until when nobody knows")
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-11-23T20:00:00.250Z", 1_795_464_000),
      ("2026-11-23t21:30:00+01:30", 1_795_464_000), ("2024-02-29T23:59:59-00:01", 1_709_251_259),
    ] as [(String, Int64)])
  func `reads times as RFC 3339 writes them`(_ text: String, _ seconds: Int64) {
    #expect(HTTPDate.parseInternetTime(text) == seconds)
  }

  @Test(arguments: [
    "", "2026-11-23", "2026-11-23T20:00:00", "2026-13-01T00:00:00Z", "2026-11-23T25:00:00Z",
    "26-11-23T20:00:00Z",
    "2026-11-23T20:00:00+1", "now", "2026-11-23T20:00:00ZZ", "1969-12-31T23:59:59Z",
  ])
  func `refuses other times`(_ text: String) {
    #expect(HTTPDate.parseInternetTime(text) == nil)
  }
}
