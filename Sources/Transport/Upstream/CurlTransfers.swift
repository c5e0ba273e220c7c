import CCurl
import Pipeline
import Synchronization

/// The transfers in flight. Lives on libcurl's thread.
@safe
struct CurlTransfers {
  /// Easy handles kept for reuse; each holds some 6 KB.
  private static let spareLimit = 64

  private let multi: UnsafeMutableRawPointer
  private let caFile: String?
  private var running: [Int: CurlTransfer] = [:]
  private var spare: [UnsafeMutableRawPointer]
  private var nextID = 1

  init(multi: UnsafeMutableRawPointer, caFile: String?) {
    unsafe self.multi = unsafe multi
    unsafe spare = []
    self.caFile = caFile
  }

  mutating func start(_ request: UpstreamRequest, _ stream: AnswerStream, _ slot: TransferSlot) {
    guard let handle = unsafe spare.popLast() ?? curl_easy_init() else {
      stream.end(.failure(CurlFailure.setUp("no handle is left")))
      return
    }
    let transfer = unsafe CurlTransfer(id: nextID, handle: handle, stream: stream)
    nextID += 1
    slot.id.store(transfer.id, ordering: .relaxed)
    transfer.configure(request, caFile: caFile)
    guard unsafe curl_multi_add_handle(multi, handle) == CURLM_OK else {
      stream.end(.failure(CurlFailure.setUp("the transfer could not be added")))
      unsafe recycle(handle)
      return
    }
    running[transfer.id] = transfer
  }

  func resume(_ slot: TransferSlot) {
    running[slot.id.load(ordering: .relaxed)]?.resume()
  }

  mutating func cancel(_ slot: TransferSlot) {
    guard let transfer = running.removeValue(forKey: slot.id.load(ordering: .relaxed)) else { return }
    // Removing an unfinished transfer closes its connection.
    unsafe curl_multi_remove_handle(multi, transfer.handle)
    unsafe recycle(transfer.handle)
  }

  /// Lets libcurl do what it can now, then hands over what came: once for each transfer, however many reads.
  mutating func perform() {
    var active: Int32 = 0
    unsafe curl_multi_perform(multi, &active)
    for transfer in running.values { transfer.handOver() }
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

  mutating func abortAll() {
    for transfer in running.values {
      unsafe curl_multi_remove_handle(multi, transfer.handle)
      unsafe curl_easy_cleanup(transfer.handle)
      transfer.abort()
    }
    running = [:]
    unsafe spare.forEach { unsafe curl_easy_cleanup($0) }
    unsafe spare = []
  }

  private mutating func recycle(_ handle: UnsafeMutableRawPointer) {
    guard unsafe spare.count < Self.spareLimit else {
      unsafe curl_easy_cleanup(handle)
      return
    }
    unsafe curl_easy_reset(handle)
    unsafe spare.append(handle)
  }
}
