import BenchKit
import Foundation
import Testing

@Suite struct ReportTests {
  /// Tags are closed in order, attributes are quoted, and text holds no bare `<` or `&`. (The XML parser of
  /// Linux's Foundation mends what is broken instead of telling.)
  private func isWellFormed(_ document: String) -> Bool {
    var open: [Substring] = []
    var rest = document[...]
    while let start = rest.firstIndex(of: "<") {
      let tail = rest[start...].dropFirst()
      guard isText(rest[..<start]), let end = tail.firstIndex(of: ">") else { return false }
      let tag = tail[..<end]
      guard !tag.contains("<"), tag.count(where: { $0 == "\"" }).isMultiple(of: 2), isText(tag) else {
        return false
      }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
      rest = tail[end...].dropFirst()
    }
    return open.isEmpty && rest.allSatisfy(\.isWhitespace)
  }

  private func isText(_ text: Substring) -> Bool {
    text.split(separator: "&", omittingEmptySubsequences: false).dropFirst().allSatisfy { entity in
      ["amp;", "lt;", "gt;", "quot;"].contains { entity.hasPrefix($0) }
    }
  }

  private func run(
    nginx: Double?, ours: Double, noise: Noise = Noise(), isQuick: Bool = false
  ) -> RunResult {
    var run = RunResult(
      date: "2026-01-02T03:04:05Z", commit: "abc", machine: "2 cores", build: "release", seed: 1, rounds: 1,
      isQuick: isQuick)
    let figure = FigureResult(
      Figure("cpu-per-event", "CPU <per> event & \"more\"", unit: "µs", .own),
      rounds: [("direct", [nil]), ("nginx", [nginx]), ("companion", [ours])])
    run.scenarios = [ScenarioResult(name: "paced", title: "paced", figures: [figure])]
    run.scenarios[0].noise = noise
    run.verdict = Criterion.verdicts(on: run)
    return run
  }

  private func outcome(_ run: RunResult) -> Verdict.Outcome? {
    run.verdict.first { $0.title == "CPU per individually delivered event" }?.outcome
  }

  @Test func `ours is held to so many times nginx of the same run`() {
    #expect(outcome(run(nginx: 16, ours: 20)) == .goalMet)
    #expect(outcome(run(nginx: 16, ours: 20.1)) == .mustMet)
    #expect(outcome(run(nginx: 16, ours: 33)) == .missed)
    #expect(outcome(run(nginx: nil, ours: 33)) == .unknown)
  }

  @Test func `a noisy machine and a quick run give no verdict`() {
    var noise = Noise()
    noise.competing = 0.5
    #expect(outcome(run(nginx: 16, ours: 20, noise: noise)) == .tooNoisy)
    #expect(outcome(run(nginx: 16, ours: 20, isQuick: true)) == .onlyQuick)
    #expect(
      Report(run(nginx: 16, ours: 20, noise: noise)).text.contains("**too noisy to trust: other processes"))
  }

  @Test func `a result can be read again`() throws {
    let run = run(nginx: 16, ours: 20)
    let read = try JSONDecoder().decode(RunResult.self, from: try JSONEncoder().encode(run))
    #expect(read.verdict == run.verdict)
    #expect(read.figure("cpu-per-event", of: "paced")?.spread(of: "companion")?.median == 20)
  }

  @Test func `every row of a table has the same width`() {
    let lines = Report(run(nginx: 16, ours: 12_345.6)).text.split(separator: "\n").filter {
      $0.hasPrefix("|")
    }
    #expect(Set(lines.prefix(3).map(\.count)).count == 1)
    #expect(lines.contains { $0.contains("12,346") })
  }

  @Test func `plots are well-formed whatever their labels and values`() {
    let bars = BarChart(
      "a < b & \"c\"", unit: "<µs>",
      groups: [
        ("", [.init(label: "&", color: "#000", value: .infinity), .init(label: "", color: "#000", value: 0)])
      ])
    #expect(isWellFormed(bars.document))
    let lines = PercentileChart(
      "<&>", percentiles: ["p50", "p99"], lines: [.init(label: "<", color: "#000", values: [nil, 1e9])])
    #expect(isWellFormed(lines.document))
    #expect(isWellFormed(PercentileChart("none", percentiles: [], lines: []).document))
    #expect(!isWellFormed(bars.document.replacingOccurrences(of: "</svg>", with: "")))
    #expect(!isWellFormed(bars.document.replacingOccurrences(of: "&amp;", with: "&")))
  }

  @Test func `only what was measured is drawn`() {
    #expect(Array(Plots(run(nginx: 16, ours: 20)).documents.keys) == ["cpu.svg"])
  }
}
