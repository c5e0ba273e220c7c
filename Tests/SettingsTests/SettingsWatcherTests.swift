import Foundation
import Pipeline
import ProxyTesting
import Settings
import Synchronization
import Testing

/// Real files, a manual clock: a second passes when the test says so.
@Suite struct SettingsWatcherTests {
  /// What a watcher reported: the port of loaded settings, or the first error.
  private final class Reports: Sendable {
    private let all = Mutex<[String]>([])

    func add(_ outcome: SettingsWatcher.Outcome) {
      let text =
        switch outcome {
        case .success(let loaded): "port \(loaded.settings.server.port)"
        case .failure(let error): error.diagnostics.first?.message ?? ""
        }
      all.withLock { $0.append(text) }
    }

    /// Everything since the last call.
    func take() -> [String] {
      all.withLock { all in
        defer { all = [] }
        return all
      }
    }
  }

  private let directory: TemporaryDirectory
  private let time = ManualTime()
  private let reports = Reports()
  private let watcher: SettingsWatcher

  init() throws {
    directory = try TemporaryDirectory()
    let file = directory.file("config.yaml")
    try directory.write(Self.configuration(port: 1), to: "config.yaml")
    let loaded = try Settings.load(file: file, environment: ["PORT": "99"])
    watcher = SettingsWatcher(file: file, loaded: loaded, environment: ["PORT": "99"], time: time) {
      [reports] in
      reports.add($0)
    }
    watcher.start()
  }

  private static func configuration(port: some CustomStringConvertible, script: String? = nil) -> String {
    let rule = script.map { "{name: n, tag: t, type: lua, config: {script_file: \($0)}}" } ?? ""
    return
      "endpoints: [{name: a, endpoint_type: demo}]\nserver: {port: \(port)}\ntagging: {taggers: [\(rule)]}\n"
  }

  private func write(port: some CustomStringConvertible, script: String? = nil) throws {
    try directory.write(Self.configuration(port: port, script: script), to: "config.yaml")
  }

  /// Long enough for one change to be noticed, to rest and to be loaded.
  private func settle() { time.advance(by: .milliseconds(2500)) }

  @Test func `nothing is reported while nothing changes`() {
    time.advance(by: .seconds(10))
    #expect(reports.take().isEmpty)
  }

  @Test func `a changed file is loaded, with the variables of the start`() throws {
    settle()
    try write(port: 22)
    settle()
    #expect(reports.take() == ["port 22"])
    try write(port: "\"${PORT}\"")
    settle()
    #expect(reports.take() == ["port 99"])
    time.advance(by: .seconds(10))
    #expect(reports.take().isEmpty)
  }

  @Test func `a change before the first look is noticed`() throws {
    try write(port: 22)
    settle()
    #expect(reports.take() == ["port 22"])
  }

  @Test func `a file is not loaded while it still changes`() throws {
    settle()
    try directory.write("server: {port: 2", to: "config.yaml")
    time.advance(by: .milliseconds(600))
    #expect(reports.take().isEmpty)
    try write(port: 333)
    time.advance(by: .milliseconds(200))
    #expect(reports.take().isEmpty)
    settle()
    #expect(reports.take() == ["port 333"])
  }

  @Test func `a broken file is reported once, and again only with other contents`() throws {
    let problem = "expected a whole number from 0 to 65535, found \"high\""
    settle()
    try write(port: "high")
    settle()
    #expect(reports.take() == [problem])
    for _ in 0..<3 {
      // The same bytes in a new file: another inode and another time.
      try FileManager.default.removeItem(atPath: directory.file("config.yaml"))
      try write(port: "high")
      settle()
    }
    #expect(reports.take().isEmpty)
    try write(port: "high ")
    settle()
    #expect(reports.take() == [problem])
    try write(port: 1)
    settle()
    #expect(reports.take() == ["port 1"])
  }

  @Test func `a file that vanished is reported once, and when it is back`() throws {
    settle()
    try FileManager.default.removeItem(atPath: directory.file("config.yaml"))
    settle()
    #expect(reports.take() == ["the file cannot be read: No such file or directory"])
    time.advance(by: .seconds(10))
    #expect(reports.take().isEmpty)
    try write(port: 1)
    settle()
    #expect(reports.take() == ["port 1"])
  }

  @Test func `an editor that replaces the file by renaming is followed`() throws {
    settle()
    let text = Self.configuration(port: 2)
    try text.write(toFile: directory.file("config.yaml"), atomically: true, encoding: .utf8)
    settle()
    #expect(reports.take() == ["port 2"])
  }

  @Test func `a script file is watched too, even while it is missing`() throws {
    settle()
    try write(port: 5, script: "rule.lua")
    settle()
    #expect(reports.take().count == 1)
    try directory.write("return true", to: "rule.lua")
    settle()
    #expect(reports.take() == ["port 5"])
    settle()
    try directory.write("return false", to: "rule.lua")
    settle()
    #expect(reports.take() == ["port 5"])
    settle()
    #expect(reports.take().isEmpty)
  }

  @Test func `a reload on demand happens at once and is always answered`() throws {
    watcher.reloadNow()
    #expect(reports.take() == ["port 1"])
    try write(port: 2)
    watcher.reloadNow()
    #expect(reports.take() == ["port 2"])
    settle()
    #expect(reports.take().isEmpty)
  }

  @Test func `after stop nothing is loaded`() throws {
    watcher.stop()
    try write(port: 2)
    settle()
    watcher.reloadNow()
    #expect(reports.take().isEmpty)
  }

  @Test func `the receiver may call back`() throws {
    let file = directory.file("config.yaml")
    let loaded = try Settings.load(file: file, environment: [:])
    let count = Mutex(0)
    let box = Box()
    let calling = SettingsWatcher(file: file, loaded: loaded, environment: [:], time: time) { _ in
      let calls = count.withLock { count in
        count += 1
        return count
      }
      if calls < 3 { box.watcher.withLock { $0 }?.reloadNow() } else { box.watcher.withLock { $0 }?.stop() }
    }
    box.watcher.withLock { $0 = calling }
    calling.reloadNow()
    #expect(count.withLock { $0 } == 3)
    box.watcher.withLock { $0 = nil }
  }

  private final class Box: Sendable {
    let watcher = Mutex<SettingsWatcher?>(nil)
  }
}
