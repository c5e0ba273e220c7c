import HTTPTypes
import Pipeline
import Stages
import Testing

@Suite struct ReplyFieldsTests {
  static let now: Int64 = 1_790_000_000_000

  func sent(
    _ pairs: [(String, String)], endpoint: String = "e", isFirst: Bool = true, limit: Duration? = nil
  ) -> [String] {
    let reply = ReplyFields(endpoint: endpoint, isFirstEndpoint: isFirst, maximumRetryAfter: limit)
    return ShapingFixture.lines(
      reply.clientFields(
        from: ShapingFixture.fields(pairs), id: ExchangeID(text: "id-1"), wallMilliseconds: Self.now))
  }

  static let own = ["x-companion-request-id: id-1", "x-companion-endpoint: e"]

  // G4, G15
  @Test func `what the client needs passes in order and spelling`() {
    let pairs = [
      ("Content-Type", "text/event-stream; charset=utf-8"), ("request-id", "req_1"), ("Retry-After", "7"),
      ("x-should-retry", "false"), ("anthropic-organization-id", "o"),
      ("anthropic-ratelimit-tokens-reset", "r"),
      ("anthropic-ratelimit-unified-status", "allowed"), ("anthropic-fast-x", "1"), ("CF-Ray", "x"),
      ("server-timing", "x"), ("x-unknown", "1"), ("x-unknown", "2"),
    ]
    #expect(sent(pairs) == pairs.map { "\($0.0): \($0.1)" } + Self.own)
  }

  // V44
  @Test func `what belongs to the connection, the encoding or the host stays here`() {
    let pairs = [
      ("Connection", "x-hop"), ("X-Hop", "1"), ("Keep-Alive", "5"), ("Transfer-Encoding", "chunked"),
      ("Content-Length", "5"), ("Content-Encoding", "gzip"), ("Set-Cookie", "a=b"), ("Alt-Svc", "h3"),
      ("Strict-Transport-Security", "max-age=1"), ("Trailer", "x"), ("Upgrade", "h2"),
      ("X-Companion-Endpoint", "forged"), ("x-companion-request-id", "forged"),
    ]
    #expect(sent(pairs) == Self.own)
  }

  @Test func `the plan state of another account is withheld after a failover`() {
    let pairs = [
      ("anthropic-ratelimit-unified-status", "rejected"), ("Anthropic-Ratelimit-Unified-5h-Reset", "1"),
      ("anthropic-ratelimit-requests-remaining", "1"),
    ]
    #expect(sent(pairs, isFirst: false) == ["anthropic-ratelimit-requests-remaining: 1"] + Self.own)
    #expect(sent(pairs).count == 5)
  }

  @Test func `a wait longer than the limit is cut, a shorter one passes as it came`() {
    #expect(sent([("retry-after", "61")], limit: .seconds(60)) == ["Retry-After: 60"] + Self.own)
    #expect(sent([("retry-after", "59.5")], limit: .seconds(60)) == ["retry-after: 59.5"] + Self.own)
    #expect(sent([("retry-after", "86400")]) == ["retry-after: 86400"] + Self.own)
    #expect(sent([("retry-after", "soon")], limit: .seconds(60)) == ["retry-after: soon"] + Self.own)
    let both = [("retry-after-ms", "90000"), ("retry-after", "90")]
    #expect(sent(both, limit: .milliseconds(1500)) == ["Retry-After: 2"] + Self.own)
  }

  @Test func `names beyond ASCII are percent-encoded`() {
    #expect(sent([], endpoint: "智谱 1%\n").last == "x-companion-endpoint: %E6%99%BA%E8%B0%B1 1%25%0A")
  }

  // MARK: retry-after

  @Test(
    arguments: [
      ("0", 0), ("7", 7000), ("1.5", 1500), ("0.001", 1), ("4294968", 4_294_967_000),
      ("99999999999999", 4_294_967_000),
      // 1,790,000,000 is Monday, 21 September 2026, 14:13:20.
      ("Mon, 21 Sep 2026 14:13:50 GMT", 30_000), ("Monday, 21-Sep-26 14:14:20 GMT", 60_000),
      ("Mon Sep 21 14:13:21 2026", 1000), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
      ("Tue, 29 Feb 2028 00:00:00 GMT", 4_294_967_000),
    ] as [(String, Int64)])
  func `reads seconds and dates`(_ text: String, _ milliseconds: Int64) {
    let fields = ShapingFixture.fields([("retry-after", text)])
    #expect(RetryAfter.parse(fields, wallMilliseconds: Self.now) == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    "", "-1", "nan", "inf", "0x10", "1e3", "1.2.3", ".", "soon", "1 s", "Mon, 21 Sep 2026 25:13:50 GMT",
    "Mon, 32 Sep 2026 14:13:50 GMT", "Mon, 21 Foo 2026 14:13:50 GMT", "Mon, 21 Sep 1926 14:13:50 GMT",
    "Mon, 21 Sep 2026 14:13 GMT", "Mon, 21 Sep 20260 14:13:50 GMT", "Mon, 21 Sep 2026 14:13:50 CET",
    "Mon, 21 Sep ２０２６ 14:13:50 GMT",
  ])
  func `makes nothing of nonsense`(_ text: String) {
    #expect(
      RetryAfter.parse(ShapingFixture.fields([("retry-after", text)]), wallMilliseconds: Self.now) == nil)
  }

  @Test func `milliseconds beat seconds, and are optional`() {
    let both = ShapingFixture.fields([("retry-after", "9"), ("retry-after-ms", "250")])
    #expect(RetryAfter.parse(both, wallMilliseconds: Self.now) == .milliseconds(250))
    let broken = ShapingFixture.fields([("retry-after", "9"), ("retry-after-ms", "x")])
    #expect(RetryAfter.parse(broken, wallMilliseconds: Self.now) == .seconds(9))
    #expect(RetryAfter.parse([:], wallMilliseconds: Self.now) == nil)
  }

  @Test(
    arguments: [
      ("Thu, 01 Jan 1970 00:00:01 GMT", 1), ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
      ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800), ("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_799),
    ] as [(String, Int64)])
  func `counts days over leap years`(_ text: String, _ seconds: Int64) {
    let fields = ShapingFixture.fields([("retry-after", text)])
    #expect(RetryAfter.parse(fields, wallMilliseconds: seconds * 1000 - 5000) == .seconds(5))
  }
}
