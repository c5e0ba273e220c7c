import Pipeline
import Synchronization

/// Two attempts for one client: who has content first gets it, the other one's transfer is aborted.
final class HedgeRace: Sendable {
  private struct State {
    /// The attempt that keeps the client awake: the one that began, then who has content first.
    var speaker: Int
    var winner: Int?
    var streams: [Int: AnswerStream] = [:]
  }

  private let state: Mutex<State>
  /// Opens when nobody needs a second attempt any more.
  let over = Gate()

  init(begunBy attempt: Int) { state = Mutex(State(speaker: attempt)) }

  func maySpeak(_ attempt: Int) -> Bool { state.withLock { $0.speaker == attempt } }

  /// The attempt is over; the other one speaks now.
  func leave(_ attempt: Int) {
    state.withLock { state in
      state.streams[attempt] = nil
      if state.speaker == attempt, let other = state.streams.keys.first { state.speaker = other }
    }
  }

  func join(_ attempt: Int, _ stream: AnswerStream) {
    let isLate = state.withLock { state -> Bool in
      // Who began may have left already.
      if state.winner == nil, state.streams[state.speaker] == nil { state.speaker = attempt }
      state.streams[attempt] = stream
      return state.winner != nil && state.winner != attempt
    }
    if isLate { stream.abandon(Self.lost) }
  }

  /// Takes the client; throws for who came second.
  func claim(_ attempt: Int) throws(ProxyFailure) {
    let (isWinner, losers) = state.withLock { state -> (Bool, [AnswerStream]) in
      if let winner = state.winner { return (winner == attempt, []) }
      (state.winner, state.speaker) = (attempt, attempt)
      return (true, state.streams.filter { $0.key != attempt }.map(\.value))
    }
    guard isWinner else { throw Self.lost }
    over.open()
    for loser in losers { loser.abandon(Self.lost) }
  }

  private static var lost: ProxyFailure {
    ProxyFailure(.moved, origin: .proxy, stage: "failover", detail: "Another endpoint had content first.")
  }
}
