/// A run as text: Markdown that reads well on a terminal, too.
package struct Report {
  private let run: RunResult

  package init(_ run: RunResult) { self.run = run }

  package var text: String {
    var parts = run.verdict.isEmpty ? [summary] : [summary, verdictTable]
    for scenario in run.scenarios { parts.append(section(scenario)) }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var summary: String {
    var lines = [
      "Commit \(run.commit), \(run.build) build, \(run.machine), \(run.date), \(run.rounds) rounds, seed \(run.seed)."
    ]
    lines += run.missing.sorted { $0.key < $1.key }.map { "Not installed: \($0.key) (\($0.value))." }
    if run.isQuick { lines.append("A quick run: it shows that everything works, not how fast it is.") }
    return lines.joined(separator: "\n")
  }

  private var verdictTable: String {
    let rows = run.verdict.map { row in
      [
        row.title, amount(row.nginx, row.unit), amount(row.ours, row.unit),
        row.ratio.map { Number.text($0) + " ×" } ?? "–", row.must, row.goal, row.outcome.rawValue,
      ]
    }
    return table(["figure", "nginx", "companion", "ratio", "must", "goal", ""], rows)
  }

  private func amount(_ value: Double?, _ unit: String) -> String {
    value.map { Number.text($0) + " " + unit } ?? "–"
  }

  private func section(_ scenario: ScenarioResult) -> String {
    let targets = scenario.figures.first?.columns.map(\.target) ?? []
    let rows = scenario.figures.map { result in
      ["\(result.figure.title) [\(result.figure.unit)]"]
        + result.columns.map { column in
          let isAdded = result.figure.comparison == .added && column.target != Target.direct.name
          return Number.text(column.spread, sign: isAdded)
        }
    }
    var parts = ["### \(scenario.name)\n\n\(scenario.title)", table([""] + targets, rows)]
    if let complaint = scenario.noise.complaint { parts.append("**\(complaint)**") }
    if !scenario.problems.isEmpty {
      parts.append(scenario.problems.map { "- \($0.target): \($0.text)" }.joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }

  private func table(_ head: [String], _ rows: [[String]]) -> String {
    let widths = head.indices.map { column in
      ([head] + rows).map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
        return column == 0 ? cell + space : space + cell
      }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule = widths.enumerated().map { column, width in
      String(repeating: "-", count: max(1, width + 1)) + (column == 0 ? "-" : ":")
    }
    return ([line(head), "|" + rule.joined(separator: "|") + "|"] + rows.map(line)).joined(separator: "\n")
  }
}
