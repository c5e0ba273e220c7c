import Foundation

/// What the system says of this process; nil where it does not.
struct ProcessNumbers {
  var residentBytes: Int?
  var openFiles: Int?

  init() {
    #if os(Linux)
      let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
      residentBytes = pages.flatMap { $0.count > 1 ? Int($0[1]) : nil }.map { $0 * Int(getpagesize()) }
      let folder = "/proc/self/fd"
    #else
      let folder = "/dev/fd"
    #endif
    openFiles = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.count
  }
}
