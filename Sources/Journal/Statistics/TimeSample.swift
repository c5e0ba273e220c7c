/// Times whose percentiles are wanted, in microseconds.
struct TimeSample {
  private var values: [Int64] = []

  mutating func add(_ value: Int64?) {
    if let value { values.append(value) }
  }

  /// The least value that so many hundredths of all do not exceed, for each of `hundredths`; nil without values.
  func percentiles(_ hundredths: Int...) -> [Duration?] {
    let sorted = values.sorted()
    return hundredths.map { hundredth in
      sorted.isEmpty ? nil : .microseconds(sorted[max(0, (sorted.count * hundredth + 99) / 100 - 1)])
    }
  }
}
