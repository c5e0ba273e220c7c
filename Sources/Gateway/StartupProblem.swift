/// Why the program cannot do what it was started for, in words for whoever started it.
package struct StartupProblem: Error, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
