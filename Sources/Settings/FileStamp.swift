import Foundation

/// What tells two versions of a file apart without reading them.
package struct FileStamp: Sendable, Equatable {
  private var modified: Date
  private var size: UInt64
  private var inode: UInt64

  /// Of the file itself where `path` is a symbolic link; nil when there is no such file.
  package init?(_ path: String) {
    let target = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
      let modified = attributes[.modificationDate] as? Date,
      let size = attributes[.size] as? UInt64,
      let inode = attributes[.systemFileNumber] as? UInt64
    else { return nil }
    (self.modified, self.size, self.inode) = (modified, size, inode)
  }
}
