/// From which byte on an answer's bytes came when, until the next mark.
package struct ArrivalMark: Sendable, Hashable {
  /// Bytes of the answer before.
  package var offset: Int
  /// Since the attempt started.
  package var microseconds: Int64

  package init(offset: Int, microseconds: Int64) {
    self.offset = offset
    self.microseconds = microseconds
  }
}
