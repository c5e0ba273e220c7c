import CCurl
import Pipeline
import Synchronization

/// libcurl's multi handle and the transfers in flight. On the reactor's thread only.
///
/// libcurl says which sockets it waits for and when it wants to be called next; the reactor calls it when one
/// of these happens. What came is handed over in between, never from within libcurl's callbacks.
///
/// The multi handle keeps an unretained pointer to this object. That is sound because callbacks run only within
/// calls made here, and `close` ends the handle before this object goes.
@safe
final class CurlMulti: SocketHandler {
  /// Connections kept open for reuse, over all endpoints.
  private static let idleConnections = 128
  /// Easy handles kept for reuse; each holds some 6 KB.
  private static let spareLimit = 64

  private let multi: UnsafeMutableRawPointer
  private let caFile: String?
  private let reactor: Reactor
  private var running: [Int: CurlTransfer] = [:]
  private var spare: [UnsafeMutableRawPointer] = unsafe []
  private var nextID = 1
  private var timer: ReactorTimer?
  /// Got something in the call of libcurl that runs.
  private var touched: [CurlTransfer] = []
  private var isClosed = false

  /// - Parameter multi: owned from now on.
  init(_ multi: UnsafeMutableRawPointer, caFile: String?, reactor: Reactor) {
    unsafe self.multi = unsafe multi
    self.caFile = caFile
    self.reactor = reactor
    let me = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.idleConnections)
    unsafe ccurl_multi_set_socket_callback(multi) { _, socket, what, multi, _ in
      unsafe CurlMulti.of(multi).watch(socket, what)
      return 0
    }
    unsafe ccurl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, me)
    unsafe ccurl_multi_set_timer_callback(multi) { _, milliseconds, multi in
      unsafe CurlMulti.of(multi).setTimer(milliseconds: milliseconds)
      return 0
    }
    unsafe ccurl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, me)
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> CurlMulti {
    // Set in `init`, never cleared while libcurl may call.
    unsafe Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
  }

  // MARK: Transfers

  func start(_ request: UpstreamRequest, _ stream: AnswerStream, _ slot: TransferSlot) {
    guard !isClosed, let handle = unsafe spare.popLast() ?? curl_easy_init() else {
      stream.end(.failure(CurlFailure.setUp(isClosed ? "it was closed" : "no handle is left")))
      return
    }
    let transfer = unsafe CurlTransfer(id: nextID, handle: handle, stream: stream)
    nextID += 1
    slot.id.store(transfer.id, ordering: .relaxed)
    transfer.onTouch = { [unowned self, unowned transfer] in touched.append(transfer) }
    transfer.configure(request, caFile: caFile)
    running[transfer.id] = transfer
    guard unsafe curl_multi_add_handle(multi, handle) == CURLM_OK else {
      running[transfer.id] = nil
      stream.end(.failure(CurlFailure.setUp("the transfer could not be added")))
      return unsafe recycle(handle)
    }
    // Without this the transfer would begin in the next turn only.
    act(on: CURL_SOCKET_TIMEOUT, 0)
  }

  func resume(_ slot: TransferSlot) {
    running[slot.id.load(ordering: .relaxed)]?.resume()
    handOver()
  }

  func cancel(_ slot: TransferSlot) {
    guard let transfer = running.removeValue(forKey: slot.id.load(ordering: .relaxed)) else { return }
    // Removing an unfinished transfer closes its connection.
    unsafe curl_multi_remove_handle(multi, transfer.handle)
    unsafe recycle(transfer.handle)
  }

  /// Aborts every transfer and closes every connection.
  func close() {
    if isClosed { return }
    isClosed = true
    for transfer in running.values {
      unsafe curl_multi_remove_handle(multi, transfer.handle)
      unsafe curl_easy_cleanup(transfer.handle)
      transfer.abort()
    }
    running = [:]
    unsafe spare.forEach { unsafe curl_easy_cleanup($0) }
    unsafe spare = []
    timer?.cancel()
    unsafe curl_multi_cleanup(multi)
  }

  private func recycle(_ handle: UnsafeMutableRawPointer) {
    guard unsafe spare.count < Self.spareLimit else { return unsafe curl_easy_cleanup(handle) }
    unsafe curl_easy_reset(handle)
    unsafe spare.append(handle)
  }

  // MARK: What libcurl waits for

  private func watch(_ socket: curl_socket_t, _ what: Int32) {
    let interest: Readiness
    switch what {
    case CURL_POLL_IN: interest = .read
    case CURL_POLL_OUT: interest = .write
    case CURL_POLL_INOUT: interest = [.read, .write]
    default: return reactor.turn.forget(socket)
    }
    _ = reactor.turn.watch(socket, for: interest, onceAChange: false, self)
  }

  private func setTimer(milliseconds: Int) {
    timer?.cancel()
    timer = nil
    guard milliseconds >= 0 else { return }
    let me = ReactorBound(self, to: reactor)
    timer = reactor.wake(at: Reactor.now + .milliseconds(milliseconds)) {
      me.value.timer = nil
      me.value.act(on: CURL_SOCKET_TIMEOUT, 0)
    }
  }

  func socketReady(_ descriptor: Int32, _ readiness: Readiness) {
    var what: Int32 = 0
    if !readiness.isDisjoint(with: [.read, .gone]) { what |= CURL_CSELECT_IN }
    if readiness.contains(.write) { what |= CURL_CSELECT_OUT }
    act(on: descriptor, what)
  }

  /// Lets libcurl do what it can now, then hands over what came.
  private func act(on socket: curl_socket_t, _ what: Int32) {
    guard !isClosed else { return }
    var active: Int32 = 0
    unsafe curl_multi_socket_action(multi, socket, what, &active)
    handOver()
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
      let handle = unsafe message.pointee.easy_handle!
      let result = unsafe ccurl_result(message)
      let id = unsafe Int(bitPattern: ccurl_get_private(handle))
      guard let transfer = running.removeValue(forKey: id) else { continue }
      unsafe curl_multi_remove_handle(multi, handle)
      transfer.finish(result)
      unsafe recycle(handle)
    }
  }

  private func handOver() {
    // A transfer that goes on after a pause may be touched again meanwhile.
    while !touched.isEmpty {
      let batch = touched
      touched.removeAll(keepingCapacity: true)
      for transfer in batch { transfer.handOver() }
    }
  }
}
