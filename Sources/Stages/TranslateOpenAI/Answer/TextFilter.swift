import Pipeline

/// What an endpoint's text must go through before it is one: `<think>` sections and stop sequences.
///
/// Works on decoded text, so it exists only for the answers that need it.
struct TextFilter {
  enum Output {
    case text([UInt8])
    case thinking([UInt8])
    /// The stop sequence that ends the answer.
    case stop(String)
  }

  private var tags: ThinkTags?
  private var watch: StopWatch
  private var split = SplitEscape()

  /// Nil when there is nothing to look for.
  init?(_ translation: AnswerTranslation) {
    guard translation.splitsThinkTags || !translation.watchedStopSequences.isEmpty else { return nil }
    tags = translation.splitsThinkTags ? ThinkTags() : nil
    watch = StopWatch(translation.watchedStopSequences)
  }

  /// It has found tags.
  var hasTags: Bool { tags?.hasTags ?? false }

  /// Takes the next characters of a JSON string; returns what is certain. Nothing follows a stop.
  mutating func receive(_ fragment: Bytes, hasEscapes: Bool) -> [Output] {
    let characters = split.join(fragment, hasEscapes: hasEscapes)
    let text = characters.jsonUnescaped
    guard tags != nil else { return watched(text) }
    var sections: [(ThinkTags.Section, [UInt8])] = []
    tags?.receive(text) { sections.append(($0, $1)) }
    return outputs(of: sections)
  }

  /// Hands over what was held: other content follows, or the end.
  mutating func finish() -> [Output] {
    var sections: [(ThinkTags.Section, [UInt8])] = []
    let rest = split.finish().jsonUnescaped
    if tags == nil {
      sections = [(.text, rest)]
    } else {
      tags?.receive(rest) { sections.append(($0, $1)) }
      tags?.finish { sections.append(($0, $1)) }
    }
    var outputs = outputs(of: sections)
    if case .stop = outputs.last { return outputs }
    let held = watch.finish()
    if !held.isEmpty { outputs.append(.text(held)) }
    return outputs
  }

  private mutating func outputs(of sections: [(ThinkTags.Section, [UInt8])]) -> [Output] {
    var outputs: [Output] = []
    for (section, text) in sections where !text.isEmpty {
      switch section {
      case .thinking: outputs.append(.thinking(text))
      case .text: outputs += watched(text)
      }
      if case .stop = outputs.last { break }
    }
    return outputs
  }

  private mutating func watched(_ text: [UInt8]) -> [Output] {
    let (free, met) = watch.receive(text)
    return (free.isEmpty ? [] : [.text(free)]) + (met.map { [.stop($0)] } ?? [])
  }
}
