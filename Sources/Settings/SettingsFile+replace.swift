#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SettingsFile {
  /// Puts a new version in the place of a file, whole or not at all, and keeps the old one as `PATH.bak`.
  ///
  /// The target of a symbolic link is replaced, not the link. Mode and, where the system allows it, owner stay; a new
  /// file has mode 0600.
  /// - Parameters:
  ///   - old: what the file has to hold; nil when there is to be none.
  ///   - beforeReplacing: runs when everything is written but the name.
  /// - Returns: false, with nothing changed, when the file holds something else.
  static func replace(
    _ path: String, _ old: [UInt8]?, with new: [UInt8], _ beforeReplacing: () -> Void
  ) throws(FileFault) -> Bool {
    guard let old else {
      beforeReplacing()
      do throws(FileFault) {
        try create(path, new)
      } catch {
        if error.isTaken { return false }
        throw error
      }
      return true
    }
    let target = try realPath(path)
    var status = stat()
    guard unsafe stat(target, &status) == 0 else { throw FileFault() }
    let backup = try writeDraft(beside: target, old, like: status)
    defer { unsafe unlink(backup) }
    let draft = try writeDraft(beside: target, new, like: status)
    // After the rename there is nothing of this name.
    defer { unsafe unlink(draft) }
    beforeReplacing()
    guard try read(target) == old else { return false }
    guard unsafe rename(backup, target + ".bak") == 0 else { throw FileFault() }
    guard unsafe rename(draft, target) == 0 else { throw FileFault() }
    syncDirectory(of: target)
    return true
  }

  /// Writes a file of its own name in the directory of another, with that one's mode, and returns its path.
  private static func writeDraft(
    beside path: String, _ bytes: [UInt8], like status: stat
  ) throws(FileFault) -> String {
    let draft = "\(path).\(UInt32.random(in: 0 ... .max)).new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFault() }
    do throws(FileFault) {
      // Only root may give a file away; for others it is theirs already.
      _ = fchown(descriptor, status.st_uid, status.st_gid)
      guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else { throw FileFault() }
      try write(bytes, to: descriptor)
    } catch {
      close(descriptor)
      unsafe unlink(draft)
      throw error
    }
    guard close(descriptor) == 0 else {
      let fault = FileFault()
      unsafe unlink(draft)
      throw fault
    }
    return draft
  }

  private static func realPath(_ path: String) throws(FileFault) -> String {
    guard let resolved = unsafe realpath(path, nil) else { throw FileFault() }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// So that the new name survives a power cut. Some file systems cannot do it, which is no reason to fail.
  private static func syncDirectory(of path: String) {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let descriptor = unsafe open(String(path[...slash]), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
