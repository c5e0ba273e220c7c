import GRDB
import Pipeline

/// Where one stretch of a body is, or that it is missing.
struct BlockRow: Codable, Sendable, FetchableRecord {
  static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  var exchange: String
  var part: Int
  var attempt: Int
  /// Bytes of the body before this stretch.
  var position: Int
  var rawLength: Int
  /// Number of the segment file; 0 when the bytes are missing.
  var segment: Int
  var offset: Int
  /// Of the whole record in the segment.
  var length: Int

  var isMissing: Bool { segment == 0 }
  var bodyPart: BodyPart? { BodyPart(code: part, attempt: attempt) }

  init(
    exchange: String, part: Int, attempt: Int, position: Int, rawLength: Int, segment: Int, offset: Int,
    length: Int
  ) {
    self.exchange = exchange
    self.part = part
    self.attempt = attempt
    self.position = position
    self.rawLength = rawLength
    self.segment = segment
    self.offset = offset
    self.length = length
  }

  init(_ key: BodyKey, position: Int, rawLength: Int, at place: SegmentWriter.Place) {
    exchange = key.exchange.text
    part = key.part.code
    attempt = key.part.attempt
    self.position = position
    self.rawLength = rawLength
    segment = place.segment
    offset = place.offset
    length = place.length
  }

  /// `count` bytes of the body that were not kept.
  init(missing count: Int, of key: BodyKey, position: Int) {
    self.init(
      key, position: position, rawLength: count,
      at: SegmentWriter.Place(segment: 0, offset: 0, length: 0))
  }
}
