/// A small drawing, written as text. Its colours suit light and dark pages alike.
package struct SVG: Sendable {
  package enum Anchor: String, Sendable { case start, middle, end }

  /// The colours of series, told apart by people who see few colours, too.
  static let palette = ["#8a8f98", "#2a9d5c", "#b5852b", "#a05195", "#3578c6", "#6fb1e8"]

  private let width: Int
  private let height: Int
  private var elements: [String] = []

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  package mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, style: String = "label"
  ) {
    elements.append(
      #"<text class="\#(style)" x="\#(Self.number(x))" y="\#(Self.number(y))" text-anchor="\#(anchor.rawValue)">"#
        + Self.escaped(text) + "</text>")
  }

  package mutating func rectangle(x: Double, y: Double, width: Double, height: Double, color: String) {
    elements.append(
      """
      <rect x="\(Self.number(x))" y="\(Self.number(y))" width="\(Self.number(max(0, width)))" \
      height="\(Self.number(max(0, height)))" rx="2" fill="\(color)"/>
      """)
  }

  package mutating func line(from: (x: Double, y: Double), to: (x: Double, y: Double)) {
    elements.append(
      """
      <line class="grid" x1="\(Self.number(from.x))" y1="\(Self.number(from.y))" x2="\(Self.number(to.x))" \
      y2="\(Self.number(to.y))"/>
      """)
  }

  package mutating func path(_ points: [(x: Double, y: Double)], color: String) {
    let text = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    elements.append(#"<polyline points="\#(text)" fill="none" stroke="\#(color)" stroke-width="2"/>"#)
    for point in points {
      elements.append(
        #"<circle cx="\#(Self.number(point.x))" cy="\#(Self.number(point.y))" r="3" fill="\#(color)"/>"#)
    }
  }

  /// The whole document.
  package var document: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)">
    <style>
    text { font: 12px system-ui, sans-serif; fill: #57606a; }
    .title { font-size: 15px; font-weight: 600; }
    .grid { stroke: #8a8f98; stroke-opacity: 0.35; }
    @media (prefers-color-scheme: dark) { text { fill: #adb5bd; } }
    </style>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }

  /// At most one decimal; never a text that is no number.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
  }
}
