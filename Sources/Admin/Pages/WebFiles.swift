import AdminWeb
import Foundation
import Pipeline
import Synchronization

/// The files of the pages by their path below `/admin/`.
package protocol WebFiles: Sendable {
  /// Nil when there is no such file, whatever the path tries.
  func file(_ path: String) -> WebFile?
}

/// Those within the program: a path is a key of a table, so it can name nothing else.
package final class EmbeddedFiles: WebFiles {
  private static let prefix = "web/"

  private let places: [String: Int]
  /// Compressed when they are first asked for.
  private let ready = Mutex<[String: WebFile]>([:])

  package init() {
    var places: [String: Int] = [:]
    for index in 0..<adminweb_file_count() {
      let path = unsafe String(cString: adminweb_file_at(index).path)
      places[String(path.dropFirst(Self.prefix.count))] = index
    }
    self.places = places
  }

  /// All paths, sorted.
  package var paths: [String] { places.keys.sorted() }

  package func file(_ path: String) -> WebFile? {
    guard let place = places[path] else { return nil }
    if let file = ready.withLock({ $0[path] }) { return file }
    let embedded = unsafe adminweb_file_at(place)
    let bytes = unsafe Array(UnsafeBufferPointer(start: embedded.bytes, count: embedded.count))
    let file = WebFile(Bytes(bytes), path: path)
    ready.withLock { $0[path] = file }
    return file
  }
}

/// Those of a folder, read anew each time: for working on the pages.
package struct FolderFiles: WebFiles {
  private let root: String

  /// Nil when there is no such folder.
  package init?(_ folder: String) {
    guard let root = Self.real(folder) else { return nil }
    self.root = root
  }

  /// A file counts only where its real path is the one asked for: no `..`, and no symbolic link on the way.
  package func file(_ path: String) -> WebFile? {
    let wanted = "\(root)/\(path)"
    guard !path.isEmpty, !path.contains("\0"), Self.real(wanted) == wanted else { return nil }
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: wanted, isDirectory: &isFolder), !isFolder.boolValue,
      let data = FileManager.default.contents(atPath: wanted)
    else { return nil }
    return WebFile(Bytes(data), path: path)
  }

  private static func real(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}
