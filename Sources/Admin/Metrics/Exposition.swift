import Pipeline

/// Prometheus' text format, version 0.0.4.
struct Exposition {
  enum Kind: String { case counter, gauge, histogram }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// Begins a metric; its samples follow.
  mutating func metric(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func sample(_ name: String, _ labels: Labels = [:], _ value: Double) {
    text += name + Self.braces(labels.all) + " " + Self.number(value) + "\n"
  }

  mutating func samples(_ name: String, _ values: [Labels: Int]) {
    for (labels, value) in values.sorted(by: { Self.braces($0.key.all) < Self.braces($1.key.all) }) {
      sample(name, labels, Double(value))
    }
  }

  mutating func histograms(_ name: String, _ help: String, _ values: [Labels: BucketHistogram]) {
    metric(name, .histogram, help)
    for (labels, histogram) in values.sorted(by: { Self.braces($0.key.all) < Self.braces($1.key.all) }) {
      var sum = 0
      for (bound, count) in zip(histogram.bounds.map(Self.number) + ["+Inf"], histogram.counts) {
        sum += count
        var bucket = labels
        bucket.all.append(Labels.Label(name: "le", value: bound))
        sample(name + "_bucket", bucket, Double(sum))
      }
      sample(name + "_sum", labels, histogram.sum)
      sample(name + "_count", labels, Double(sum))
    }
  }

  private static func braces(_ labels: [Labels.Label]) -> String {
    guard !labels.isEmpty else { return "" }
    let pairs = labels.map { label in
      let value = label.value.unicodeScalars.map { scalar in
        switch scalar {
        case "\\": "\\\\"
        case "\"": "\\\""
        case "\n": "\\n"
        default: String(scalar)
        }
      }.joined()
      return "\(label.name)=\"\(value)\""
    }
    return "{" + pairs.joined(separator: ",") + "}"
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? String(value)
  }
}
