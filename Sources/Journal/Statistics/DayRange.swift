import Foundation

/// The last days up to now, each from midnight to midnight where the clock on the wall says so.
struct DayRange {
  /// When each day begins, in milliseconds since 1970, oldest first; the last is today.
  let starts: [Int64]
  /// As `2026-07-30`.
  let names: [String]

  init(days: Int, now: Int64, zone: TimeZone) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let today = calendar.startOfDay(for: Date(timeIntervalSince1970: Double(now) / 1000))
    let dates = (0..<max(1, days)).reversed().compactMap { back in
      // Noon is in the right day whatever a change of the clock does to midnight.
      calendar.date(byAdding: .day, value: -back, to: today.addingTimeInterval(43_200))
    }.map { calendar.startOfDay(for: $0) }
    starts = dates.map { Int64($0.timeIntervalSince1970 * 1000) }
    names = dates.map { date in
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      func padded(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
      return "\(parts.year ?? 0)-\(padded(parts.month))-\(padded(parts.day))"
    }
  }

  /// The beginning of the first day.
  var since: Int64 { starts[0] }

  /// The day of a time that is not before the first.
  func index(of time: Int64) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= time { low = middle } else { high = middle }
    }
    return low
  }
}
