import Foundation

/// Latencies over percentiles, a line for each target, on a logarithmic scale.
package struct PercentileChart: Sendable {
  package struct Line: Sendable {
    package var label: String
    package var color: String
    /// Microseconds, one for each percentile of the chart.
    package var values: [Double?]

    package init(label: String, color: String, values: [Double?]) {
      self.label = label
      self.color = color
      self.values = values
    }
  }

  private static let left = 70.0
  private static let right = 570.0
  private static let top = 50.0
  private static let bottom = 330.0

  private let title: String
  private let percentiles: [String]
  private let lines: [Line]
  /// Powers of ten of the scale's ends.
  private let decades: ClosedRange<Double>

  package init(_ title: String, percentiles: [String], lines: [Line]) {
    self.title = title
    self.percentiles = percentiles
    self.lines = lines
    let values = lines.flatMap { $0.values.compactMap(\.self) }.filter { $0 > 0 }
    let low = log10(values.min() ?? 1)
    let high = log10(values.max() ?? 10)
    decades = low.rounded(.down)...max(high.rounded(.up), low.rounded(.down) + 1)
  }

  package var document: String {
    var svg = SVG(width: 720, height: 370)
    svg.text(title, x: 16, y: 26, style: "title")
    for decade in Int(decades.lowerBound)...Int(decades.upperBound) {
      for step in [1.0, 2, 5] {
        let value = step * pow(10, Double(decade))
        guard log10(value) <= decades.upperBound else { continue }
        let y = place(value)
        svg.line(from: (Self.left, y), to: (Self.right, y))
        svg.text(Self.amount(value), x: Self.left - 8, y: y + 4, anchor: .end)
      }
    }
    for (index, name) in percentiles.enumerated() {
      svg.text(name, x: column(index), y: Self.bottom + 22, anchor: .middle)
    }
    draw(&svg)
    return svg.document
  }

  private func draw(_ svg: inout SVG) {
    for (row, line) in lines.enumerated() {
      let points = line.values.enumerated().compactMap { index, value in
        value.map { (x: column(index), y: place($0)) }
      }
      svg.path(points, color: line.color)
      let y = Self.top + 6 + Double(row) * 20
      svg.rectangle(x: Self.right + 16, y: y - 9, width: 10, height: 10, color: line.color)
      svg.text(line.label, x: Self.right + 32, y: y)
    }
  }

  private func column(_ index: Int) -> Double {
    let steps = Double(max(1, percentiles.count - 1))
    return Self.left + 24 + (Self.right - Self.left - 48) * Double(index) / steps
  }

  private func place(_ value: Double) -> Double {
    let share = (log10(max(value, 1e-3)) - decades.lowerBound) / (decades.upperBound - decades.lowerBound)
    return Self.bottom - (Self.bottom - Self.top) * min(max(share, 0), 1)
  }

  private static func amount(_ microseconds: Double) -> String {
    microseconds >= 1000 ? "\(Number.text(microseconds / 1000)) ms" : "\(Number.text(microseconds)) µs"
  }
}
