/// How the upstream answers from now on.
package struct UpstreamPlan: Codable, Sendable, Equatable {
  /// Events with text in an answer; nil for a small message in one piece.
  package var events: Int?
  /// Between two events of one answer, in nanoseconds; 0 sends them back to back.
  package var gap: Nanoseconds = 0
  /// Events that are sent at once when they go back to back.
  package var eventsPerSend = 1
  /// The first endpoint breaks off each answer before its first text.
  package var firstEndpointBreaks = false

  package init(events: Int?) { self.events = events }
}
