import Foundation

/// Numbers as a reader wants them.
enum Number {
  /// Three significant digits.
  static func text(_ value: Double) -> String {
    let size = abs(value)
    let decimals = size >= 99.95 || size == size.rounded() ? 0 : size >= 9.995 ? 1 : size >= 0.095 ? 2 : 3
    let text = String(format: "%.\(decimals)f", value)
    guard size >= 10_000 else { return text }
    return grouped(text)
  }

  private static func grouped(_ text: String) -> String {
    var result = ""
    for (place, digit) in text.reversed().enumerated() {
      if place > 0, place % 3 == 0, digit != "-" { result.append(",") }
      result.append(digit)
    }
    return String(result.reversed())
  }

  /// The median with what half of the rounds lie between.
  static func text(_ spread: Spread?, sign: Bool) -> String {
    guard let spread else { return "–" }
    let plus = sign && spread.median >= 0 ? "+" : ""
    guard spread.lower < spread.upper else { return plus + text(spread.median) }
    return "\(plus)\(text(spread.median)) (\(text(spread.lower)) … \(text(spread.upper)))"
  }
}
