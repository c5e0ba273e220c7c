/// Values of several series in groups, as horizontal bars; each group has a scale of its own.
package struct BarChart: Sendable {
  package struct Bar: Sendable {
    package var label: String
    package var color: String
    package var value: Double

    package init(label: String, color: String, value: Double) {
      self.label = label
      self.color = color
      self.value = value
    }
  }

  private let title: String
  private let unit: String
  private let groups: [(title: String, bars: [Bar])]

  package init(_ title: String, unit: String, groups: [(title: String, bars: [Bar])]) {
    self.title = title
    self.unit = unit
    self.groups = groups
  }

  package var document: String {
    let rows = groups.reduce(0) { $0 + $1.bars.count }
    var svg = SVG(width: 720, height: 56 + groups.count * 30 + rows * 24)
    svg.text(title, x: 16, y: 26, style: "title")
    var y = 46.0
    for group in groups {
      let longest = group.bars.map(\.value).max() ?? 0
      svg.text(group.title, x: 16, y: y + 12)
      y += 22
      for bar in group.bars {
        let width = longest > 0 ? max(1, bar.value / longest * 420) : 1
        svg.text(bar.label, x: 150, y: y + 13, anchor: .end)
        svg.rectangle(x: 158, y: y, width: width, height: 17, color: bar.color)
        svg.text("\(Number.text(bar.value)) \(unit)", x: 164 + width, y: y + 13)
        y += 24
      }
      y += 8
    }
    return svg.document
  }
}
