import BenchKit
import Foundation
import Testing

@Suite struct StatisticsTests {
  @Test func `the median lies in the middle and half of the values between the quartiles`() {
    #expect(Spread([5, 1, 4, 2, 3])?.median == 3)
    #expect(Spread([5, 1, 4, 2, 3])?.lower == 2)
    #expect(Spread([5, 1, 4, 2, 3])?.upper == 4)
    #expect(Spread([1, 2])?.median == 1.5)
    #expect(Spread([7])?.upper == 7)
    #expect(Spread([]) == nil)
  }

  @Test func `an outlier does not move the median`() {
    #expect(Spread([10, 11, 12, 13, 9000])?.median == 12)
  }

  @Test func `differences are taken within a round, and rounds that lack a value are left out`() {
    #expect(Spread.pairedDifferences([110, nil, 330, 440], minus: [100, 200, nil, 400]) == [10, 40])
  }

  @Test func `what is added is the median of the differences, not the difference of the medians`() throws {
    let figure = Figure("latency", "latency", unit: "µs", .added)
    let result = FigureResult(
      figure,
      rounds: [("direct", [10, 100, 1000]), ("nginx", [15, 107, 1001]), ("other", [nil, nil, nil])])
    #expect(result.spread(of: "nginx")?.median == 5)
    #expect(result.spread(of: "direct")?.median == 100)
    #expect(result.spread(of: "other") == nil)
  }

  @Test func `a figure of its own is not compared with the direct path`() {
    let result = FigureResult(
      Figure("cpu", "CPU", unit: "µs", .own), rounds: [("direct", [1]), ("nginx", [16])])
    #expect(result.spread(of: "nginx")?.median == 16)
  }

  @Test func `the same seed gives the same order`() {
    var first = SeededRandom(seed: 7)
    var second = SeededRandom(seed: 7)
    var other = SeededRandom(seed: 8)
    let order = Array(0..<50).shuffled(using: &first)
    #expect(order == Array(0..<50).shuffled(using: &second))
    #expect(order != Array(0..<50).shuffled(using: &other))
  }
}

@Suite struct LatenciesTests {
  private func recorded(_ values: some Sequence<Int64>) -> Latencies {
    var latencies = Latencies()
    for value in values { latencies.record(value) }
    return latencies
  }

  @Test func `percentiles are microseconds, exact to a thousandth`() throws {
    let latencies = recorded((1...1000).map { Int64($0) * 1000 })
    let median = try #require(latencies.percentile(50))
    let late = try #require(latencies.percentile(99))
    #expect(abs(median - 500) <= 0.5)
    #expect(abs(late - 990) <= 1)
    #expect(Latencies().percentile(50) == nil)
  }

  @Test func `what was written is what was recorded, to a thousandth`() throws {
    let latencies = recorded([5, 5, 1_000_000, 70_000_000_000])
    let read = try JSONDecoder().decode(Latencies.self, from: try JSONEncoder().encode(latencies))
    #expect(read.count == 4)
    for percentile in [1.0, 50, 75, 100] {
      let before = try #require(latencies.percentile(percentile))
      let after = try #require(read.percentile(percentile))
      #expect(abs(after - before) <= before / 1000)
    }
  }

  @Test func `distributions add up`() {
    var latencies = recorded([1000])
    latencies.add(recorded([3000, 3000]))
    #expect(latencies.count == 3)
    #expect(latencies.percentile(60) == 3.001 || latencies.percentile(60) == 3)
  }

  @Test func `a value out of range is kept at its edge`() {
    #expect(recorded([-5, .max]).count == 2)
  }
}
