import Pipeline

/// The client as an attempt sees it that has nothing to show yet. Of two attempts that race one alone speaks to it.
struct WaitingClient: Sendable {
  let client: ClientStream
  let race: HedgeRace?
  /// The number of the attempt that looks.
  let attempt: Int

  /// Tells the client that somebody is there, if it has heard nothing for too long.
  ///
  /// - Parameter head: as in `ClientStream.pingIfSilent`.
  func pingIfSilent(_ head: UpstreamHead?) async throws(ProxyFailure) {
    if maySpeak { try await client.pingIfSilent(head) }
  }

  /// When it must hear from this attempt; while another one speaks to it, when to look again who does.
  /// Never a time that has passed and stays so: an alarm set to it would ring without end.
  var nextPing: MonotonicTime { maySpeak ? client.nextPing : client.nextLook }

  private var maySpeak: Bool { race?.maySpeak(attempt) ?? true }
}
