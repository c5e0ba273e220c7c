import Admin
import ArgumentParser
import Foundation

struct AdminPassword: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin-password",
    abstract: "Print the line for the configuration that gives the pages at /admin/ a password.",
    discussion: "Asks twice in a terminal; reads one line of the standard input otherwise.")

  private static let shortest = 8

  func run() throws {
    let password = try isatty(STDIN_FILENO) == 1 ? Self.askTwice() : Self.lineOfInput()
    guard password.count >= Self.shortest else {
      throw ValidationError("A password needs at least \(Self.shortest) characters.")
    }
    print("web_admin:\n  password_hash: \"\(try PasswordHash(password: password).text)\"")
  }

  private static func lineOfInput() throws -> String {
    guard let line = readLine(strippingNewline: true) else { throw ValidationError("There is no password.") }
    return line
  }

  private static func askTwice() throws -> String {
    let password = ask("Password for /admin/: ")
    guard ask("The same again: ") == password else { throw ValidationError("The two differ.") }
    return password
  }

  /// Reads a line that the terminal does not show.
  private static func ask(_ question: String) -> String {
    FileHandle.standardError.write(Data(question.utf8))
    var shown = termios()
    unsafe tcgetattr(STDIN_FILENO, &shown)
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
      unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
      FileHandle.standardError.write(Data("\n".utf8))
    }
    return readLine(strippingNewline: true) ?? ""
  }
}
