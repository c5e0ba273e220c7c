#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Lets others go first wherever the calling thread and they want a processor at the same time.
func lowerPriorityOfThisThread() {
  #if canImport(Darwin)
    pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0)
  #else
    // Linux keeps this for each thread, whatever POSIX says. It may fail where a container forbids it: no harm.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
  #endif
}

/// An open file, closed when the last reference goes. Files it makes are readable by their owner only.
final class File {
  enum Mode {
    case read
    /// Made when missing; what is in it stays.
    case update
    /// Made anew, empty.
    case replace
  }

  let path: String
  private let descriptor: CInt

  init(_ path: String, _ mode: Mode) throws(JournalError) {
    self.path = path
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .update: O_RDWR | O_CREAT
      case .replace: O_RDWR | O_CREAT | O_TRUNC
      }
    descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw Self.failure("open", path) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Writes all of `bytes` at `offset`; what a failure leaves half written is overwritten by the next write there.
  func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(JournalError) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      }
      if written < 0, errno == EINTR { continue }
      if written <= 0 { throw Self.failure("write", path) }
      done += written
    }
  }

  /// Up to `count` bytes from `offset`: fewer only at the end of the file.
  func read(_ count: Int, at offset: Int) throws(JournalError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, count))
    var done = 0
    while done < bytes.count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      }
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw Self.failure("read", path) }
      if got == 0 { break }
      done += got
    }
    bytes.removeLast(bytes.count - done)
    return bytes
  }

  /// Bytes in the file.
  func size() throws(JournalError) -> Int {
    let end = lseek(descriptor, 0, SEEK_END)
    if end < 0 { throw Self.failure("measure", path) }
    return Int(end)
  }

  func truncate(to size: Int) throws(JournalError) {
    if ftruncate(descriptor, off_t(size)) != 0 { throw Self.failure("shorten", path) }
  }

  /// Claims the file for this process until it is closed; false when another one has it.
  func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  private static func failure(_ verb: String, _ path: String) -> JournalError {
    let reason = unsafe String(cString: strerror(errno))
    return JournalError(.fileFailed, "cannot \(verb) \(path): \(reason)")
  }
}
