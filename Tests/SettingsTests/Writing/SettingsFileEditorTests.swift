import Foundation
import Pipeline
import Settings
import Stages
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Changes of the file: checked, atomic, with a backup.
@Suite struct SettingsFileEditorTests {
  private static let text = """
    # mine
    server: {port: 1}  # one
    endpoints:
    - {name: demo, endpoint_type: demo}

    """
  private static let port = SettingsEdit.set("server.port", .int(2))

  private let directory: TemporaryDirectory
  private let file: String

  init() throws {
    directory = try TemporaryDirectory()
    file = directory.file("config.yaml")
    try directory.write(Self.text, to: "config.yaml")
  }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }
  }

  private func contents(_ name: String = "config.yaml") throws -> String {
    try String(contentsOfFile: directory.file(name), encoding: .utf8)
  }

  private func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: directory.file(name))[.posixPermissions] as? Int
  }

  @Test func `a change is written, told and backed up, with the mode of the file`() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
    let editor = SettingsFileEditor(file: file, environment: [:])
    let before = try editor.read()
    let change = try editor.apply([Self.port], revision: before.revision)
    let expected = Self.text.replacing("port: 1", with: "port: 2")
    #expect(try contents() == expected)
    #expect(try contents("config.yaml.bak") == Self.text)
    #expect(try names == ["config.yaml", "config.yaml.bak"])
    #expect(try mode("config.yaml") == 0o640 && mode("config.yaml.bak") == 0o640)
    #expect(change.loaded.settings.server.port == 2)
    #expect(change.loaded.files == [file])
    #expect(change.version.editor.text == expected)
    #expect(try change.version.revision == editor.read().revision)
    #expect(change.version.revision != before.revision)
  }

  @Test func `a change that changes nothing writes nothing`() throws {
    let editor = SettingsFileEditor(file: file, environment: [:])
    let change = try editor.apply([.set("server.port", .int(1))])
    #expect(try names == ["config.yaml"])
    #expect(try change.version.revision == editor.read().revision)
  }

  @Test func `a configuration that could not be used is never written`() throws {
    let editor = SettingsFileEditor(file: file, environment: [:])
    let bad: [(SettingsEdit, String)] = [
      (.set("server.prot", .int(2)), "did you mean \"port\"?"),
      (.set("sever.port", .int(2)), "did you mean \"server\"?"),
      (.set("server.port", .text("high")), "server.port: expected a whole number"),
      (.remove(.endpoint("demo").key("name")), "endpoints[0].name: missing"),
    ]
    for (edit, message) in bad {
      #expect {
        try editor.apply([Self.port, edit])
      } throws: { error in
        guard case SettingsEditError.invalid(let error) = error else { return false }
        return error.description.contains(message)
      }
    }
    #expect(try contents() == Self.text && names == ["config.yaml"])
  }

  @Test func `a file that was changed meanwhile is a conflict`() throws {
    let editor = SettingsFileEditor(file: file, environment: [:])
    let revision = try editor.read().revision
    try directory.write(Self.text + "\n", to: "config.yaml")
    #expect(throws: SettingsEditError.conflict) { try editor.apply([Self.port], revision: revision) }
    #expect(try contents() == Self.text + "\n")
    let path = file
    let late = SettingsFileEditor(file: file, environment: [:]) {
      try? "server: {}\n".write(toFile: path, atomically: false, encoding: .utf8)
    }
    #expect(throws: SettingsEditError.conflict) { try late.apply([Self.port]) }
    #expect(try contents() == "server: {}\n" && names == ["config.yaml"])
  }

  @Test func `without a file it starts from the default one`() throws {
    let path = directory.file("new.yaml")
    let editor = SettingsFileEditor(file: path, environment: [:])
    let before = try editor.read()
    #expect(before.editor.text == Settings.defaultFileText)
    let change = try editor.apply([.set("server.port", .int(9000))], revision: before.revision)
    #expect(try contents("new.yaml") == Settings.defaultFileText.replacing("port: 8080", with: "port: 9000"))
    #expect(try mode("new.yaml") == 0o600)
    #expect(change.loaded.settings.server.port == 9000)
    #expect(try names == ["config.yaml", "new.yaml"])
  }

  @Test func `a symbolic link stays one, its target is replaced`() throws {
    try FileManager.default.createDirectory(atPath: directory.file("far"), withIntermediateDirectories: false)
    try FileManager.default.moveItem(atPath: file, toPath: directory.file("far/real.yaml"))
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "far/real.yaml")
    try SettingsFileEditor(file: file, environment: [:]).apply([Self.port])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == "far/real.yaml")
    #expect(try contents("far/real.yaml").contains("port: 2"))
    #expect(try contents("far/real.yaml.bak") == Self.text)
  }

  @Test func `a byte order mark stays`() throws {
    try directory.write("\u{FEFF}" + Self.text, to: "config.yaml")
    try SettingsFileEditor(file: file, environment: [:]).apply([Self.port])
    let expected = [0xEF, 0xBB, 0xBF] + Array(Self.text.replacing("port: 1", with: "port: 2").utf8)
    #expect(try Array(Data(contentsOf: URL(filePath: file))) == expected)
  }

  @Test func `variables are checked in the environment and written as they are`() throws {
    let edit = SettingsEdit.set("server.auth_token", .text("${TOKEN}"))
    #expect(throws: SettingsEditError.self) {
      try SettingsFileEditor(file: file, environment: [:]).apply([edit])
    }
    let change = try SettingsFileEditor(file: file, environment: ["TOKEN": "abc"]).apply([edit])
    #expect(change.loaded.settings.server.authToken?.exposed == "abc")
    #expect(try contents().contains("auth_token: \"${TOKEN}\""))
  }

  @Test func `changes from many threads all arrive`() async throws {
    let editor = SettingsFileEditor(file: file, environment: [:])
    await withTaskGroup { group in
      for number in 0..<20 {
        group.addTask {
          let new = SettingValue.map(["name": .text("e\(number)"), "endpoint_type": .text("demo")])
          _ = try? editor.apply([.insert(SettingPath("endpoints"), new, at: nil)])
        }
      }
    }
    let settings = try Settings.load(file: file, environment: [:]).settings
    #expect(Set(settings.endpoints.map(\.name)) == Set((0..<20).map { "e\($0)" } + ["demo"]))
  }

  @Test func `a process killed before the new file is in place leaves the old one`() async throws {
    let path = file
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let editor = SettingsFileEditor(file: path, environment: [:]) { kill(getpid(), SIGKILL) }
      try editor.apply([.set("server.port", .int(2))])
    }
    #expect(try contents() == Self.text)
    #expect(try names.count == 3, "the drafts of the file and its backup")
    try SettingsFileEditor(file: file, environment: [:]).apply([Self.port])
    #expect(try contents().contains("port: 2"))
  }

  @Test func `a directory that cannot be written is told, and nothing is lost`() async throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: directory.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path) }
    let path = file
    await #expect(processExitsWith: .success) { [path = path as String] in
      // Permissions mean nothing to root.
      if geteuid() == 0, setuid(65534) != 0 { exit(3) }
      do {
        try SettingsFileEditor(file: path, environment: [:]).apply([.set("server.port", .int(2))])
        exit(4)
      } catch {
        exit("\(error)" == "\(path): the file cannot be written: Permission denied" ? 0 : 5)
      }
    }
    #expect(try contents() == Self.text && names == ["config.yaml"])
  }

  @Test func `a disk that takes no more is told, and nothing is lost`() async throws {
    try directory.write(Self.text + String(repeating: "# filler\n", count: 1000), to: "config.yaml")
    let before = try contents()
    let path = file
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
      #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      #else
        let resource = RLIMIT_FSIZE
      #endif
      guard unsafe setrlimit(resource, &limit) == 0 else { exit(3) }
      do {
        try SettingsFileEditor(file: path, environment: [:]).apply([.set("server.port", .int(2))])
        exit(4)
      } catch {
        exit("\(error)" == "\(path): the file cannot be written: File too large" ? 0 : 5)
      }
    }
    #expect(try contents() == before && names == ["config.yaml"])
  }
}
