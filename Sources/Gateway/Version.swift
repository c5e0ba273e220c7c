/// The version of the program, as `--version`, `/health` and the start-up text say it.
package enum Version {
  package static let current = "0.1.0"
}
