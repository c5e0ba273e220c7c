/// Decides how much of one body gets into the queue: always a prefix, the rest is counted.
struct BodyAdmission: Equatable {
  private enum State { case open, atLimit, overflown }

  /// What to do with the next bytes.
  struct Decision: Equatable {
    /// Bytes to keep, from the front.
    var kept: Int
    /// Bytes refused for want of room, not by policy.
    var dropped: Int
  }

  private var state = State.open
  private var accepted = 0
  private var missing = 0

  /// Nil while everything was kept.
  var cut: BodyCut? { missing == 0 ? nil : BodyCut(position: accepted, count: missing) }

  /// - Parameters:
  ///   - limit: Bytes the policy keeps of this body, nil for all.
  ///   - room: Bytes the queue can take now.
  mutating func admit(_ count: Int, limit: Int?, room: Int) -> Decision {
    switch state {
    case .atLimit:
      missing += count
      return Decision(kept: 0, dropped: 0)
    case .overflown:
      missing += count
      return Decision(kept: 0, dropped: count)
    case .open:
      let allowed = min(count, limit.map { $0 - accepted } ?? count)
      let kept = min(allowed, max(0, room))
      accepted += kept
      missing += count - kept
      if kept < allowed {
        state = .overflown
      } else if allowed < count {
        state = .atLimit
      }
      return Decision(kept: kept, dropped: allowed - kept)
    }
  }
}
