import Pipeline
import Synchronization

/// Two attempts for one client: who has content first gets it, the other one's transfer is aborted.
final class HedgeRace: Sendable {
  private struct State {
    var winner: Int?
    /// Of the attempts under way, by their numbers.
    var streams: [Int: AnswerStream] = [:]
  }

  private let state = Mutex(State())
  /// Opens when nobody needs a second attempt any more.
  let over = Gate()

  /// Whether this attempt keeps the client awake: who has content, before that who began first.
  func maySpeak(_ attempt: Int) -> Bool {
    state.withLock { ($0.winner ?? $0.streams.keys.min()) == attempt }
  }

  /// The attempt is over; the other one speaks now.
  func leave(_ attempt: Int) {
    state.withLock { $0.streams[attempt] = nil }
  }

  func join(_ attempt: Int, _ stream: AnswerStream) {
    let isLate = state.withLock { state -> Bool in
      state.streams[attempt] = stream
      return state.winner != nil && state.winner != attempt
    }
    if isLate { stream.abandon(Self.lost) }
  }

  /// Takes the client; throws for who came second.
  func claim(_ attempt: Int) throws(ProxyFailure) {
    let (isWinner, losers) = state.withLock { state -> (Bool, [AnswerStream]) in
      if let winner = state.winner { return (winner == attempt, []) }
      state.winner = attempt
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
