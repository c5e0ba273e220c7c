import Pipeline

/// An event under examination: the bytes to write and what they say.
struct IncomingEvent {
  /// The bytes to write.
  private(set) var frame: Bytes
  let data: Bytes
  /// Where `frame` begins in the answer; nil once it is not the endpoint's own any more.
  private(set) var sourceOffset: Int?
  let fields: EventFields

  init(_ event: ServerSentEvent, isOriginal: Bool = true, fields: EventFields) {
    frame = event.frame
    data = event.data
    sourceOffset = isOriginal ? event.offset : nil
    self.fields = fields
  }

  /// The name is not that of the data: writes the frame anew under `name` (V2).
  mutating func rename(_ name: Bytes) {
    frame = ServerSentEvent(name: name, json: data).frame
    sourceOffset = nil
  }

  /// Writes the frame anew with other data. `fields` and `data` stay what the endpoint sent.
  mutating func rewrite(_ data: Bytes) {
    let name = fields.type.name.map { Bytes(utf8: "\($0)") } ?? []
    frame = ServerSentEvent(name: name, json: data).frame
    sourceOffset = nil
  }

  /// Puts `json` in the place of one value, leaving all other bytes alone. `range` is within `data`.
  mutating func splice(_ range: Range<Int>, _ json: Bytes) {
    let isInFrame =
      frame.startIndex <= data.startIndex && data.endIndex <= frame.endIndex
      && frame[data.startIndex..<data.endIndex] == data
    if isInFrame {
      frame = frame[..<range.lowerBound] + json + frame[range.upperBound...]
      sourceOffset = nil
    } else {
      rewrite(data[..<range.lowerBound] + json + data[range.upperBound...])
    }
  }

  func passed(as kind: MessageEvent.Kind) -> MessageEvent {
    MessageEvent(frame: frame, kind: kind, sourceOffset: sourceOffset)
  }
}
