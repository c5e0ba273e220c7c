/// Reads the three date forms HTTP allows (RFC 9110 §5.6.7).
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970, or nil when the text is no date of the years 1970 to 9999.
  static func parse(_ text: String) -> Int64? {
    var parts = text.split { $0 == " " || $0 == "," || $0 == "-" }
    switch parts.count {
    // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
    case 6 where parts[5] == "GMT": parts = [parts[1], parts[2], parts[3], parts[4]]
    // Sun Nov  6 08:49:37 1994
    case 5: parts = [parts[2], parts[1], parts[4], parts[3]]
    default: return nil
    }
    guard let day = number(parts[0], digits: 1...2), (1...31).contains(day),
      let month = months.firstIndex(of: String(parts[1])),
      var year = number(parts[2], digits: 2...4), let clock = secondsOfDay(parts[3])
    else { return nil }
    if parts[2].utf8.count == 2 { year += year < 70 ? 2000 : 1900 }
    guard year >= 1970 else { return nil }
    return daysSince1970(year: year, month: month + 1, day: day) * 86_400 + clock
  }

  /// Seconds since 1970 of a time as RFC 3339 writes it: `2026-11-23T20:00:00.5+01:00`; nil for anything else.
  static func parseInternetTime(_ text: String) -> Int64? {
    let halves = text.split(omittingEmptySubsequences: false) { $0 == "T" || $0 == "t" || $0 == " " }
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    guard date.count == 3, let year = number(date[0], digits: 4...4), year >= 1970,
      let month = number(date[1], digits: 2...2), (1...12).contains(month),
      let day = number(date[2], digits: 2...2), (1...31).contains(day),
      let clock = secondsOfDay(halves[1].prefix(8)), let offset = secondsOfZone(halves[1].dropFirst(8))
    else { return nil }
    return daysSince1970(year: year, month: Int(month), day: day) * 86_400 + clock - offset
  }

  /// `Z`, `+01:00`, either after a fraction.
  private static func secondsOfZone(_ text: Substring) -> Int64? {
    var rest = text
    if rest.first == "." { rest = rest.dropFirst().drop { $0.isASCII && $0.isNumber } }
    if rest == "Z" || rest == "z" { return 0 }
    guard rest.first == "+" || rest.first == "-", let seconds = secondsOfDay(rest.dropFirst() + ":00") else {
      return nil
    }
    return rest.first == "-" ? -seconds : seconds
  }

  private static func secondsOfDay(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2...2) }
    guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
      hour < 24, minute < 60, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int64? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int64(text)
  }

  /// Counts in years that begin with March, so that the leap day comes last.
  private static func daysSince1970(year: Int64, month: Int, day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}
