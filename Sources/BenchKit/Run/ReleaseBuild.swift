import Foundation

/// Builds what is measured with optimisation, whatever way this program was built itself.
package enum ReleaseBuild {
  /// Builds `products` of the package at `root`; returns the folder they are in.
  package static func make(_ products: [String], root: String) throws(BenchProblem) -> String {
    for product in products {
      print("Building \(product) for release; what is up to date is not built again.")
      try swift(["build", "-c", "release", "--package-path", root, "--product", product])
    }
    return root + "/.build/release"
  }

  private static func swift(_ arguments: [String]) throws(BenchProblem) {
    // What was said before must not come after what others say.
    fflush(nil)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["swift"] + arguments
    do {
      try process.run()
    } catch {
      throw BenchProblem("cannot start swift: \(error)")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchProblem("swift \(arguments.joined(separator: " ")) failed")
    }
  }

  /// Runs `executable` in place of this process.
  package static func become(_ executable: String, _ arguments: [String]) throws -> Never {
    fflush(nil)
    var pointers = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
    _ = unsafe execv(executable, &pointers)
    throw BenchProblem("cannot run \(executable): errno \(errno)")
  }
}
