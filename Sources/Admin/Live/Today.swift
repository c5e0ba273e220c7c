import Foundation
import Pipeline

/// Sums that begin anew at midnight, by this machine's calendar.
struct Today: Sendable {
  /// Milliseconds since 1970.
  private var end: Int64 = 0
  private var sum = UsageTotals()

  mutating func add(_ usage: TokenUsage, cost: Double?, at wall: Int64) {
    begin(at: wall)
    sum.add(usage, cost: cost)
  }

  mutating func totals(at wall: Int64) -> UsageTotals {
    begin(at: wall)
    return sum
  }

  private mutating func begin(at wall: Int64) {
    guard wall >= end else { return }
    sum = UsageTotals()
    let start = Self.start(of: wall)
    let next = Calendar.current.date(byAdding: .day, value: 1, to: Date(milliseconds: start))
    end = next.map { Int64($0.timeIntervalSince1970 * 1000) } ?? start + 86_400_000
  }

  /// The midnight before.
  static func start(of wall: Int64) -> Int64 {
    Int64(Calendar.current.startOfDay(for: Date(milliseconds: wall)).timeIntervalSince1970 * 1000)
  }
}

extension Date {
  init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
