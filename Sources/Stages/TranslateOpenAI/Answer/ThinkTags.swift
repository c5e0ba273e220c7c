import Pipeline

/// Takes `<think>` sections out of a text, however the tags are split over its fragments (Q17).
///
/// A section begins only where no text has come before it, so that an answer may speak of the tag. Some
/// templates begin it themselves: a closing tag alone is dropped.
struct ThinkTags {
  enum Section { case text, thinking }

  private enum State {
    /// Nothing but white space so far.
    case atStart
    case thinking
    case text
  }

  private static let opening = Array("<think>".utf8)
  private static let closing = Array("</think>".utf8)

  private var state = State.atStart
  private var held: [UInt8] = []
  /// Line ends after a tag belong to it.
  private var trimsLines = false
  private(set) var hasTags = false

  init() {}

  /// Hands over what is certain, section by section.
  mutating func receive(_ text: [UInt8], _ emit: (Section, [UInt8]) -> Void) {
    var rest = held + text
    held = []
    while !rest.isEmpty {
      if trimsLines {
        rest.removeFirst(rest.prefix { $0 == 0x0A || $0 == 0x0D }.count)
        guard !rest.isEmpty else { return }
        trimsLines = false
      }
      switch state {
      case .atStart: rest = takeStart(rest, emit)
      case .thinking: rest = take(rest, until: Self.closing, as: .thinking, emit)
      case .text where hasTags:
        emit(.text, rest)
        return
      case .text: rest = take(rest, until: Self.closing, as: .text, emit)
      }
    }
  }

  /// Hands over what was held: other content follows, or the end.
  mutating func finish(_ emit: (Section, [UInt8]) -> Void) {
    let rest = held
    held = []
    if !rest.isEmpty {
      switch state {
      case .thinking: emit(.thinking, rest)
      case .atStart, .text: emit(.text, rest)
      }
    }
    if case .text = state { state = .atStart }
  }

  private mutating func takeStart(
    _ text: [UInt8], _ emit: (Section, [UInt8]) -> Void
  ) -> [UInt8] {
    let body = text.drop { $0 <= 0x20 }
    if body.starts(with: Self.opening) {
      enter(.thinking)
      return Array(body.dropFirst(Self.opening.count))
    }
    if Self.opening.starts(with: body) {
      held = text
      return []
    }
    state = .text
    return text
  }

  /// Emits up to the tag and enters the text after it; without the tag, all but what may be its beginning.
  private mutating func take(
    _ text: [UInt8], until tag: [UInt8], as section: Section, _ emit: (Section, [UInt8]) -> Void
  ) -> [UInt8] {
    var start = 0
    while let place = text[start...].firstIndex(of: tag[0]) {
      let rest = text[place...]
      if rest.starts(with: tag) {
        if place > 0 { emit(section, Array(text[..<place])) }
        enter(.text)
        return Array(rest.dropFirst(tag.count))
      }
      if tag.starts(with: rest) {
        held = Array(rest)
        if place > 0 { emit(section, Array(text[..<place])) }
        return []
      }
      start = place + 1
    }
    emit(section, text)
    return []
  }

  private mutating func enter(_ next: State) {
    state = next
    trimsLines = true
    hasTags = true
  }
}
