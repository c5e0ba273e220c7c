import CCurl
import HTTPTypes
import Pipeline

/// One request of libcurl's: its handle, what libcurl reads from, and what came since the last call.
///
/// The handle keeps an unretained pointer to this object. That is sound because `CurlMulti` holds the object
/// for as long as the handle is in the multi handle, and callbacks run only then.
@safe
final class CurlTransfer {
  /// More than this waiting to be handed over pauses the transfer within one turn.
  private static let turnLimit = 256 * 1024
  /// How much is read at once. Every open stream has a buffer of this size, and most reads are single events.
  private static let readSize = 8 * 1024

  let id: Int
  let handle: UnsafeMutableRawPointer
  private let stream: AnswerStream
  private var fields: UnsafeMutablePointer<curl_slist>?
  private var body: UnsafeMutableRawBufferPointer?
  private let errorText: UnsafeMutablePointer<CChar>
  private var url = ""
  private var head = ResponseHead()
  private var hasDeliveredHead = false
  private var incoming: [UInt8] = []
  private var isPaused = false
  private var isTouched = false
  /// Called when there is something to hand over, once until it was.
  var onTouch: (() -> Void)?

  init(id: Int, handle: UnsafeMutableRawPointer, stream: AnswerStream) {
    self.id = id
    unsafe self.handle = unsafe handle
    self.stream = stream
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    unsafe curl_slist_free_all(fields)
    unsafe body?.deallocate()
    unsafe errorText.deallocate()
  }

  func configure(_ request: UpstreamRequest, caFile: String?) {
    url = request.url
    setConnection(request, caFile: caFile)
    setProxy(request.proxy)
    setFields(request)
    setBody(request)
    let me = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe ccurl_set_pointer(handle, CURLOPT_PRIVATE, UnsafeMutableRawPointer(bitPattern: id))
    unsafe ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    unsafe ccurl_set_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
      unsafe CurlTransfer.of(transfer).received(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    unsafe ccurl_set_pointer(handle, CURLOPT_WRITEDATA, me)
    unsafe ccurl_set_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
      unsafe CurlTransfer.of(transfer).receivedLine(
        UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    unsafe ccurl_set_pointer(handle, CURLOPT_HEADERDATA, me)
  }

  /// Host and port alone: they go into failures, which everybody may read.
  private static func host(of url: String) -> String {
    let authority = url.split(separator: "/").dropFirst().first ?? ""
    return String(authority.prefix { $0 != "?" }.split(separator: "@").last ?? "")
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> CurlTransfer {
    // Set in `configure`, never cleared while libcurl may call.
    unsafe Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
  }

  private func set(_ option: CURLoption, _ value: Int) { unsafe ccurl_set_long(handle, option, value) }
  private func set(_ option: CURLoption, _ value: String) { unsafe ccurl_set_string(handle, option, value) }

  private func setConnection(_ request: UpstreamRequest, caFile: String?) {
    set(CURLOPT_URL, request.url)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    set(CURLOPT_TCP_NODELAY, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_BUFFERSIZE, Self.readSize)
    set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(request.timeouts.connect.milliseconds)))
    // Asks for plain bytes, and still decodes what an endpoint compresses unasked (V44).
    set(CURLOPT_ACCEPT_ENCODING, "identity")
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    if let caFile { set(CURLOPT_CAINFO, caFile) }
  }

  private func setProxy(_ proxy: UpstreamProxy?) {
    guard let proxy else {
      // Otherwise libcurl obeys http_proxy and its like from the environment.
      set(CURLOPT_PROXY, "")
      return
    }
    let scheme =
      switch proxy.kind {
      case .http: "http"
      case .socks5: "socks5h"
      }
    set(CURLOPT_PROXY, "\(scheme)://\(proxy.address)")
    set(CURLOPT_NOPROXY, "")
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    if let username = proxy.username { set(CURLOPT_PROXYUSERNAME, username) }
    if let password = proxy.password { set(CURLOPT_PROXYPASSWORD, password.exposed) }
  }

  private func setFields(_ request: UpstreamRequest) {
    for field in request.fields {
      // A name followed by `;` is how libcurl is told to send a field without value.
      add(field.value.isEmpty ? field.name.rawName + ";" : field.name.rawName + ": " + field.value)
    }
    for added in Self.addedByLibcurl where !request.fields.contains(added) { add(added.rawName + ":") }
    unsafe ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, fields)
  }

  /// Fields that libcurl makes up where a request has none.
  private static let addedByLibcurl: [HTTPField.Name] = [.accept, .contentType, .expect, .userAgent]

  private func add(_ line: String) { unsafe fields = curl_slist_append(fields, line) }

  private func setBody(_ request: UpstreamRequest) {
    switch request.method {
    case .head: set(CURLOPT_NOBODY, 1)
    case .get where request.body.isEmpty: set(CURLOPT_HTTPGET, 1)
    default:
      // libcurl reads from this copy, also again when it has to resend on a fresh connection.
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, request.body.count), alignment: 1)
      unsafe copy.copyBytes(from: request.body)
      unsafe body = copy
      set(CURLOPT_POST, 1)
      unsafe ccurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
      unsafe ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, copy.baseAddress)
      if request.method != .post { set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
    }
  }

  // MARK: What libcurl calls

  private func received(_ bytes: UnsafeRawBufferPointer) -> Int {
    if isPaused || incoming.count >= Self.turnLimit {
      // libcurl keeps these bytes and gives them again after the pause.
      isPaused = true
      touch()
      return Int(CURL_WRITEFUNC_PAUSE)
    }
    unsafe incoming.append(contentsOf: bytes)
    touch()
    return bytes.count
  }

  private func receivedLine(_ bytes: UnsafeRawBufferPointer) -> Int {
    if !hasDeliveredHead {
      unsafe head.receive(line: bytes)
      if head.isComplete { touch() }
    }
    return bytes.count
  }

  private func touch() {
    if isTouched { return }
    isTouched = true
    onTouch?()
  }

  // MARK: Between the calls of libcurl

  /// Hands head and bytes to the consumer, and takes note when it wants a pause.
  func handOver() {
    isTouched = false
    if !hasDeliveredHead, head.isComplete {
      hasDeliveredHead = true
      stream.deliver(
        UpstreamHead(
          status: head.status, fields: head.fields, connect: connectTime,
          reusedConnection: unsafe ccurl_get_long(handle, CURLINFO_NUM_CONNECTS) == 0, version: head.version))
    }
    guard !incoming.isEmpty else { return }
    let chunk = Bytes(incoming)
    incoming = []
    if stream.deliver(chunk) {
      // Only the turn's own limit was reached.
      if isPaused { resume() }
    } else if !isPaused {
      isPaused = true
      unsafe curl_easy_pause(handle, CURLPAUSE_RECV)
    }
  }

  /// The consumer has taken everything. libcurl may call `received` before this returns.
  func resume() {
    guard isPaused else { return }
    isPaused = false
    unsafe curl_easy_pause(handle, CURLPAUSE_CONT)
  }

  func finish(_ result: CURLcode) {
    handOver()
    guard result != CURLE_OK else {
      stream.end()
      return
    }
    let text = unsafe String(cString: errorText)
    stream.end(
      .failure(CurlFailure.make(result, text: text, host: Self.host(of: url), hasHead: hasDeliveredHead)))
  }

  func abort() {
    stream.end(
      .failure(
        ProxyFailure(
          .shuttingDown, origin: .proxy, stage: CallUpstream.name, retry: .never, httpStatus: 503,
          detail: "The proxy is stopping.")))
  }

  private var connectTime: Duration {
    let secure = unsafe ccurl_get_size(handle, CURLINFO_APPCONNECT_TIME_T)
    let plain = unsafe ccurl_get_size(handle, CURLINFO_CONNECT_TIME_T)
    return .microseconds(max(secure, plain))
  }
}
