package import Pipeline

/// What one chat-completion chunk says of its first choice, as slices: nothing is decoded or copied.
///
/// A whole `chat.completion` reads like a single chunk.
package struct ChatChunk: Sendable, Equatable {
  /// The JSON text that every string and range here is within.
  package internal(set) var data: Bytes = []
  /// The number of its event, and where that begins in the answer, in bytes.
  package internal(set) var event = 0
  package internal(set) var offset = 0

  package internal(set) var model: JSONString?
  /// In the order in which they belong into a message: reasoning, text, calls.
  package internal(set) var pieces: [Piece] = []
  package internal(set) var finish: FinishReason?
  /// The stop sequence that was met, where the provider says so.
  package internal(set) var stopSequence: JSONString?
  package internal(set) var usage: ChatUsage?
  /// It has a choice, though it may say nothing; a chunk without one may still bring usage.
  package internal(set) var hasChoice = false
  /// It is a whole answer: a `message` in place of a `delta`.
  package internal(set) var isWhole = false

  /// What makes it unusable.
  var fault: Fault?
  var hasError = false
  var isList = false

  package init() {}

  /// A part of the answer; never an empty one.
  package enum Piece: Sendable, Equatable {
    case reasoning(JSONString)
    /// A `reasoning_details` array (Q16).
    case reasoningDetails(Range<Int>)
    case text(JSONString)
    case refusal(JSONString)
    case call(CallPiece)
  }

  /// A piece of a tool call. Empty strings count as missing.
  package struct CallPiece: Sendable, Equatable {
    package var index: Int?
    package var id: JSONString?
    package var name: JSONString?
    package var arguments = Arguments.none
    /// `extra_content`, a JSON value (Q31).
    package var extra: Range<Int>?
    /// Its place among the calls of the chunk.
    package var position = 0
    /// It is the only one of its chunk.
    package var isAlone = true
    /// It is the legacy `function_call` (Q49).
    package var isFunctionCall = false
  }

  package enum Arguments: Sendable, Equatable {
    case none
    case string(JSONString)
    /// An object that should have been a string (Q5).
    case object(Range<Int>)
  }

  struct Fault: Error, Equatable {
    var quirk: Quirk
    var what: String
  }

  /// Forgets the chunk before, but not its storage.
  mutating func clear() {
    var fresh = ChatChunk()
    swap(&fresh.pieces, &pieces)
    fresh.pieces.removeAll(keepingCapacity: true)
    self = fresh
  }

  /// The text of a string, escapes resolved.
  func text(_ string: JSONString) -> String {
    data[string.range.lowerBound - 1..<string.range.upperBound + 1].jsonString ?? ""
  }
}
