#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Inside `SettingsFile` its own `read` and `write` hide those of the system.
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  unsafe read(file, bytes, count)
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  unsafe write(file, bytes, count)
}

/// What the system said about a file.
struct FileFault: Error {
  var reason: String
  /// There is no file of that name.
  var isMissingFile: Bool
  /// There is a file of that name.
  var isTaken: Bool

  init(code: Int32 = errno) {
    (isMissingFile, isTaken) = (code == ENOENT, code == EEXIST)
    reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}

/// Reading, creating and replacing the few files the settings consist of.
enum SettingsFile {
  /// The whole file.
  static func read(_ path: String) throws(FileFault) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault() }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = retrying {
        unsafe chunk.withUnsafeMutableBytes { unsafe systemRead(descriptor, $0.baseAddress, $0.count) }
      }
      guard count >= 0 else { throw FileFault() }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Creates a file of mode 0600 that is there whole or not at all; one that exists stays as it is.
  static func create(_ path: String, _ bytes: [UInt8]) throws(FileFault) {
    let draft = "\(path).\(UInt32.random(in: 0 ... .max)).new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFault() }
    defer { unsafe unlink(draft) }
    do throws(FileFault) {
      try write(bytes, to: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw FileFault() }
    // Unlike `rename`, `link` refuses to replace a file.
    guard unsafe link(draft, path) == 0 else { throw FileFault() }
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileFault) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = retrying {
        unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
      }
      guard count > 0 else { throw FileFault() }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw FileFault() }
  }

  /// Repeats a call that a signal interrupted.
  private static func retrying(_ call: () -> Int) -> Int {
    while true {
      let count = call()
      if count >= 0 || errno != EINTR { return count }
    }
  }
}
