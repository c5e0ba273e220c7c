/// What a connection over TLS does differently.
extension Connection {
  func receivedRecords(_ bytes: UnsafeRawBufferPointer, _ tls: TLSRecords) {
    // What comes after our last word is thrown away unread.
    if case .leaving = state { return }
    let progress = unsafe tls.receive(bytes) { unsafe received($0) }
    switch (state, progress) {
    case (.closed, _): break
    case (_, .open): if tls.unsent > 0 { flushSoon() }
    case (.leaving, _): break
    case (_, .notTLS):
      closeTLS()
      refuse(.plainHTTP)
    // Some clients wait for an answer to their farewell; no task may wait for such a client.
    case (_, .ended), (.answering, .broken):
      _ = tls.send(&output, to: socket)
      close()
    case (.reading, .broken):
      // Nothing of it could be sealed any more. The alert is, and has time to arrive.
      output.clear()
      leave()
    }
  }

  /// Ends a connection on which nothing is owed: a client of TLS is told so, the others see it.
  func closeIdle() {
    if tls?.isOpen == true { leave() } else { close() }
  }

  func closeTLS() { tls.take()?.close() }
}
