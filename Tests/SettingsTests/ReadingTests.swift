import Testing

@testable import Settings

@Suite struct ReadingTests {
  @Test(
    arguments: [
      ("10s", Duration.seconds(10)), ("1m30s", .seconds(90)), ("500ms", .milliseconds(500)), ("0", nil),
      ("1.5h", .seconds(5400)), ("2us", .microseconds(2)), ("3µs", .microseconds(3)),
      ("7ns", .nanoseconds(7)),
      ("1h0m0.25s", .milliseconds(3_600_250)), ("", nil), ("s", nil), ("10", nil), ("1x", nil), ("-1s", nil),
      ("1.2.3s", nil), ("1m 3s", nil), ("99999999999h", nil), ("9223372036s1h", nil), ("٣s", nil),
    ] as [(String, Duration?)])
  func `durations are read in Go's notation`(_ text: String, _ duration: Duration?) {
    #expect(Duration(goNotation: text) == duration)
  }

  @Test(arguments: ["10s", "1m30s", "500ms", "1h1m1s", "365h", "1500ms", "7ns", "0s"])
  func `durations are written as they are read`(_ text: String) throws {
    #expect(try #require(Duration(goNotation: text)).goNotation == text)
  }

  @Test(
    arguments: [
      ("auth_typ", "auth_type"), ("prot", "port"), ("PORT", "port"), ("hots", "host"),
      ("quux", nil), ("", nil), ("x", nil), (String(repeating: "port", count: 100), nil),
    ] as [(String, String?)])
  func `the nearest name is suggested when it is near`(_ text: String, _ name: String?) {
    #expect(nearestName(to: text, among: ["host", "port", "auth_type"]) == name)
  }

  @Test(arguments: [
    ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1),
  ])
  func `the distance of two texts is the number of edits`(_ left: String, _ right: String, _ distance: Int) {
    #expect(editDistance(left, right) == distance)
    #expect(editDistance(right, left) == distance)
  }
}
