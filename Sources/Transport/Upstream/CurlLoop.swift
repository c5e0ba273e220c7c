import CCurl
import Foundation
import Pipeline
import Synchronization

/// libcurl's multi handle and the thread it lives on.
///
/// Other threads only post commands; one wake-up serves all commands that wait.
final class CurlLoop: Sendable {
  enum Command: Sendable {
    case start(UpstreamRequest, AnswerStream, TransferSlot)
    case resume(TransferSlot)
    case cancel(TransferSlot)
    case stop
  }

  /// Connections kept open for reuse, over all endpoints.
  private static let idleConnections = 128

  private let inbox = Mutex<[Command]>([])
  private let multi: MultiHandle
  private let caFile: String?
  private let ended = DispatchSemaphore(value: 0)
  private let isStopped = Mutex(false)

  static var environmentCAFile: String? { ProcessInfo.processInfo.environment["SSL_CERT_FILE"] }

  /// The handle crosses threads for `curl_multi_wakeup` only, which libcurl allows from any thread.
  @safe
  struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }

  init(caFile: String?) throws(ProxyFailure) {
    guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = unsafe curl_multi_init() else {
      throw ProxyFailure(
        .internalFault, origin: .proxy, stage: CallUpstream.name, retry: .never,
        detail: "libcurl could not be initialised.")
    }
    unsafe ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.idleConnections)
    self.multi = unsafe MultiHandle(pointer: multi)
    self.caFile = caFile
  }

  func start() {
    let thread = Thread { [self] in run() }
    thread.name = "libcurl"
    thread.start()
  }

  func post(_ command: Command) {
    let mustWake = inbox.withLock { inbox -> Bool in
      inbox.append(command)
      return inbox.count == 1
    }
    // Commands that find others waiting are covered by the wake-up of the first.
    if mustWake { unsafe curl_multi_wakeup(multi.pointer) }
  }

  func stop() {
    let isFirst = isStopped.withLock { stopped -> Bool in
      defer { stopped = true }
      return !stopped
    }
    guard isFirst else { return }
    post(.stop)
    ended.wait()
  }

  private func run() {
    var transfers = unsafe CurlTransfers(multi: multi.pointer, caFile: caFile)
    while takeCommands(into: &transfers) {
      transfers.perform()
      // libcurl knows its own timers; without any, only a command or a socket wakes this thread.
      if inbox.withLock(\.isEmpty) { unsafe curl_multi_poll(multi.pointer, nil, 0, 60_000, nil) }
    }
    transfers.abortAll()
    unsafe curl_multi_cleanup(multi.pointer)
    ended.signal()
  }

  /// Carries out what was posted; false when it is time to stop.
  private func takeCommands(into transfers: inout CurlTransfers) -> Bool {
    let commands = inbox.withLock { inbox -> [Command] in
      defer { inbox.removeAll(keepingCapacity: true) }
      return inbox
    }
    for command in commands {
      switch command {
      case .start(let request, let stream, let slot): transfers.start(request, stream, slot)
      case .resume(let slot): transfers.resume(slot)
      case .cancel(let slot): transfers.cancel(slot)
      case .stop: return false
      }
    }
    return true
  }
}

/// Names a transfer between the threads; what it holds is touched on libcurl's thread only.
final class TransferSlot: Sendable {
  /// 0: not started.
  let id = Atomic<Int>(0)
}
