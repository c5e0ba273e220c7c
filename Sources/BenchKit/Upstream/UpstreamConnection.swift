/// One connection of the upstream: reads requests, and holds what the peer was too slow to take.
final class UpstreamConnection {
  let socket: Socket
  /// Of the endpoint that may be told to break.
  let isFirstEndpoint: Bool
  private(set) var isOpen = true

  private var parser = MessageParser(.request)
  private var pending: [UInt8] = []
  private var sent = 0

  /// What the answer that runs consists of.
  var script = UpstreamScript.messages
  /// Events still to send of it.
  var eventsLeft = 0
  /// They go back to back.
  var isBackToBack = false
  /// When the next of them is due.
  var due: Nanoseconds = 0

  init(_ socket: Socket, isFirstEndpoint: Bool) {
    self.socket = socket
    self.isFirstEndpoint = isFirstEndpoint
  }

  /// The request that was read last is for an OpenAI-compatible endpoint.
  var isChat: Bool { parser.isChat }

  var hasPending: Bool { sent < pending.count }

  /// Reads what is there; true when a request is whole.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    var isWhole = false
    while isOpen {
      switch unsafe socket.receive(into: buffer) {
      case .wouldBlock: return isWhole
      case .failed, .moved(0): close()
      case .moved(let count):
        do {
          if parser.isDone { parser.begin() }
          _ = unsafe try parser.consume(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { _ in }
          isWhole = isWhole || parser.isDone
        } catch {
          close()
        }
        if count < buffer.count { return isWhole && isOpen }
      }
    }
    return false
  }

  /// Sends, and keeps what does not fit.
  func send(_ bytes: [UInt8]) {
    guard isOpen else { return }
    guard !hasPending else {
      pending += bytes
      return
    }
    unsafe bytes.withUnsafeBytes { buffer in
      switch unsafe socket.send(buffer) {
      case .moved(buffer.count): break
      case .moved(let count): unsafe keep(buffer.dropFirst(count))
      case .wouldBlock: unsafe keep(buffer[...])
      case .failed: close()
      }
    }
  }

  private func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
    unsafe pending = Array(bytes)
    sent = 0
  }

  /// Sends on what was kept.
  func flush() {
    guard isOpen, hasPending else { return }
    let result = unsafe pending.withUnsafeBytes { buffer in
      unsafe socket.send(UnsafeRawBufferPointer(rebasing: buffer[sent...]))
    }
    switch result {
    case .moved(let count):
      sent += count
      if !hasPending { pending.removeAll(keepingCapacity: true) }
      if pending.isEmpty { sent = 0 }
    case .wouldBlock: break
    case .failed: close()
    }
  }

  func close() {
    guard isOpen else { return }
    isOpen = false
    socket.close()
  }
}
