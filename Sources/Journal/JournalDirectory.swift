import Foundation

/// The files of a journal and their names.
struct JournalDirectory: Sendable {
  struct Segment: Equatable {
    var number: Int
    /// Bytes.
    var size: Int
  }

  let path: String

  var index: String { "\(path)/index.sqlite" }
  var lock: String { "\(path)/journal.lock" }

  func segment(_ number: Int) -> String {
    let digits = String(number)
    return "\(path)/segment-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).czl"
  }

  /// Makes the directory, for its owner only, unless it is there.
  func make() throws(JournalError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw JournalError(.fileFailed, "cannot make the directory \(path): \(error.localizedDescription)")
    }
  }

  /// Oldest first.
  func segments() throws(JournalError) -> [Segment] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw JournalError(.fileFailed, "cannot list \(path): \(error.localizedDescription)")
    }
    var segments: [Segment] = []
    for name in names where name.hasPrefix("segment-") && name.hasSuffix(".czl") {
      guard let number = Int(name.dropFirst(8).dropLast(4)), number > 0 else { continue }
      segments.append(Segment(number: number, size: try File(segment(number), .read).size()))
    }
    return segments.sorted { $0.number < $1.number }
  }

  func removeSegment(_ number: Int) throws(JournalError) {
    do {
      try FileManager.default.removeItem(atPath: segment(number))
    } catch {
      throw JournalError(.fileFailed, "cannot delete \(segment(number)): \(error.localizedDescription)")
    }
  }

  /// Renames the index and its side files out of the way; returns the new path of the index.
  func moveIndexAside(wallMilliseconds: Int64) throws(JournalError) -> String {
    let target = "\(path)/index.damaged-\(wallMilliseconds).sqlite"
    do {
      for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: index + suffix) {
        try FileManager.default.moveItem(atPath: index + suffix, toPath: target + suffix)
      }
    } catch {
      throw JournalError(.fileFailed, "cannot move \(index) aside: \(error.localizedDescription)")
    }
    return target
  }
}
