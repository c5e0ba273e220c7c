import Pipeline

/// Rows of statistics while they are being added up. Keys and models are numbers here (`ColumnTexts`).
struct StatisticsSum {
  /// Tokens of one key and model.
  struct Tokens {
    var input = 0
    var output = 0
    var cacheCreation = 0
    var cacheRead = 0

    static func += (left: inout Tokens, right: Tokens) {
      left.input += right.input
      left.output += right.output
      left.cacheCreation += right.cacheCreation
      left.cacheRead += right.cacheRead
    }

    var usage: TokenUsage {
      TokenUsage(input: input, output: output, cacheCreation: cacheCreation, cacheRead: cacheRead)
    }
  }

  private struct Group {
    var isWanted = false
    var requests = 0
    var failed = 0
    var truncated = 0
    var stalled = 0
    var firstContent = TimeSample()
    /// By model.
    var tokens: [Tokens?] = []
    /// Tokens that a failover made dearer, and what they would have been, by model.
    var lost: [Int: (paid: Tokens, instead: Tokens)] = [:]

    mutating func add(_ added: Tokens, of model: Int) {
      while tokens.count <= model { tokens.append(nil) }
      var sum = tokens[model] ?? Tokens()
      sum += added
      tokens[model] = sum
    }
  }

  /// By key: arrays, for a dictionary would be asked a million times.
  private var groups: [Group] = []

  mutating func add(_ key: Int, failed: Bool, firstContent: Int64?, model: Int, _ tokens: Tokens) {
    touch(key)
    groups[key].requests += 1
    if failed { groups[key].failed += 1 }
    groups[key].firstContent.add(firstContent)
    groups[key].add(tokens, of: model)
  }

  mutating func add(_ key: Int, _ verdict: AttemptVerdict) {
    touch(key)
    switch verdict {
    case .truncated: groups[key].truncated += 1
    case .stalled: groups[key].stalled += 1
    case .good, .failed, .none: break
    }
  }

  mutating func add(_ key: Int, model: Int, lost: CacheLoss) {
    touch(key)
    groups[key].lost[model, default: (Tokens(), Tokens())].paid += lost.paid
    groups[key].lost[model, default: (Tokens(), Tokens())].instead += lost.instead
  }

  /// Makes sure that the key has a row.
  mutating func touch(_ key: Int) {
    while groups.count <= key { groups.append(Group()) }
    groups[key].isWanted = true
  }

  /// The rows, those with most requests first.
  func rows(
    keys: [String?], models: [String?], _ price: (String, TokenUsage) -> Double?
  ) -> [UsageStatistics.Row] {
    groups.enumerated().filter(\.element.isWanted)
      .map { key, group in row(key: keys[key], group, models, price) }
      .sorted { ($1.requests, $0.key ?? "") < ($0.requests, $1.key ?? "") }
  }

  private func row(
    key: String?, _ group: Group, _ models: [String?], _ price: (String, TokenUsage) -> Double?
  ) -> UsageStatistics.Row {
    var row = UsageStatistics.Row(key: key)
    row.requests = group.requests
    row.failed = group.failed
    row.truncated = group.truncated
    row.stalled = group.stalled
    let times = group.firstContent.percentiles(50, 95)
    (row.firstContentP50, row.firstContentP95) = (times[0], times[1])
    var all = Tokens()
    for (model, tokens) in group.tokens.enumerated() {
      guard let tokens else { continue }
      all += tokens
      if let cost = models[model].flatMap({ price($0, tokens.usage) }) { row.cost = (row.cost ?? 0) + cost }
    }
    (row.inputTokens, row.outputTokens) = (all.input, all.output)
    (row.cacheCreationTokens, row.cacheReadTokens) = (all.cacheCreation, all.cacheRead)
    for (model, lost) in group.lost {
      guard let name = models[model], let paid = price(name, lost.paid.usage),
        let instead = price(name, lost.instead.usage)
      else { continue }
      row.failoverCacheCost = (row.failoverCacheCost ?? 0) + paid - instead
    }
    return row
  }
}
