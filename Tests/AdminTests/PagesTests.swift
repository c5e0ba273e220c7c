import Admin
import Foundation
import HTTPTypes
import Pipeline
import Settings
import Testing

@Suite struct PagesTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/AdminWeb/web")

  /// All files of the folder, as paths in it.
  static func filesOnDisk() throws -> [String] {
    let root = folder.resolvingSymlinksInPath().path
    let all = try #require(FileManager.default.enumerator(atPath: root))
    return all.compactMap { $0 as? String }.filter { path in
      var isFolder: ObjCBool = false
      return unsafe FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  @Test func `the table has every file of the folder, with its bytes`() throws {
    let files = EmbeddedFiles()
    #expect(files.paths == (try Self.filesOnDisk()), "add or remove lines in Sources/AdminWeb/files.c")
    for path in files.paths {
      let data = try Data(contentsOf: Self.folder.appending(path: path))
      #expect(files.file(path)?.bytes == Bytes(data), "\(path)")
    }
  }

  @Test func `the first page is there, and leads there from anywhere it is called`() async {
    let fixture = SiteFixture()
    let page = await fixture.ask("/admin/")
    #expect(page.status == 200 && page.fields[.contentType] == "text/html; charset=utf-8")
    #expect(page.text.lowercased().hasPrefix("<!doctype html>"))
    let short = await fixture.ask("/admin")
    #expect(short.status == 308 && short.fields[.location] == "/admin/")
    #expect(await fixture.ask(.post, "/admin/").status == 405)
  }

  @Test func `types are told by the ending`() async {
    let fixture = SiteFixture()
    #expect(await fixture.ask("/admin/css/app.css").fields[.contentType] == "text/css; charset=utf-8")
    #expect(await fixture.ask("/admin/js/main.js").fields[.contentType] == "text/javascript; charset=utf-8")
  }

  @Test func `a page the browser has is not sent again`() async throws {
    let fixture = SiteFixture()
    let tag = try #require(await fixture.ask("/admin/css/app.css").fields[.eTag])
    #expect(tag.hasPrefix("\"") && tag.count == 34)
    for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
      let answer = await fixture.ask("/admin/css/app.css", fields: [.ifNoneMatch: known])
      #expect(answer.status == 304 && answer.body.isEmpty && answer.fields[.eTag] == tag)
    }
    #expect(await fixture.ask("/admin/css/app.css", fields: [.ifNoneMatch: "\"other\""]).status == 200)
  }

  @Test func `translations of the user's own come first`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "locales-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(#"{"nav.label":"Mine"}"#.utf8).write(to: folder.appending(path: "de.json"))
    let fixture = SiteFixture { $0.i18n.localesPath = folder.path }
    #expect(await fixture.ask("/admin/locales/de.json").text == #"{"nav.label":"Mine"}"#)
    #expect(await fixture.ask("/admin/locales/en.json").body.count > 1000)
    #expect(await fixture.ask("/admin/locales/../de.json").status == 404)
    #expect(await fixture.ask("/admin/de.json").status == 404)
  }

  @Test func `large files are compressed for who takes it`() async throws {
    let fixture = SiteFixture()
    let path = "/admin/vendor/bootstrap.min.css"
    let plain = await fixture.ask(path)
    let packed = await fixture.ask(path, fields: [.acceptEncoding: "br, gzip;q=0.8"])
    #expect(plain.fields[.contentEncoding] == nil && packed.fields[.contentEncoding] == "gzip")
    #expect(packed.body.starts(with: [0x1F, 0x8B]) && packed.body.count < plain.body.count / 3)
    #expect(packed.fields[.vary] == "accept-encoding")
    let refused = await fixture.ask(path, fields: [.acceptEncoding: "gzip;q=0, identity"])
    #expect(refused.fields[.contentEncoding] == nil)
  }

  static let traversals = [
    "../Package.swift", "..%2fPackage.swift", "%2e%2e/%2e%2e/etc/passwd", "js/../../files.c",
    "js/../index.html",
    "/etc/passwd", "//etc/passwd", "./index.html", "js//main.js", "js", "js/", "index.html/", "index.html%00",
    "..\\files.c", "%5c..%5cfiles.c", "....//files.c", "..;/files.c", "vendor/../../README.md",
    "%252e%252e/files.c",
    "\u{2025}/files.c", ".", "..", "~", "link.css", "linked/secret.txt", "index.HTML",
  ]

  @Test(arguments: traversals)
  func `no path leads out of the table`(path: String) async {
    #expect(await SiteFixture().ask("/admin/\(path)").status == 404)
  }

  @Test func `a folder is served as the table would be, and no path leads out of it`() async throws {
    let base = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)")
    let folder = base.appending(path: "web")
    defer { try? FileManager.default.removeItem(at: base) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "js"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: folder.appending(path: "vendor"), withIntermediateDirectories: true)
    for (path, text) in [
      ("web/index.html", "<p>mine</p>"), ("web/js/main.js", "1"), ("web/vendor/bootstrap.min.css", "a{}"),
      ("files.c", "outside"), ("secret.txt", "outside"),
    ] {
      try Data(text.utf8).write(to: base.appending(path: path))
    }
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "link.css"), withDestinationURL: base.appending(path: "secret.txt"))
    try FileManager.default.createSymbolicLink(at: folder.appending(path: "linked"), withDestinationURL: base)
    let fixture = SiteFixture(files: try #require(FolderFiles(folder.path)))
    #expect(await fixture.ask("/admin/").text == "<p>mine</p>")
    #expect(await fixture.ask("/admin/js/main.js").text == "1")
    for path in Self.traversals { #expect(await fixture.ask("/admin/\(path)").status == 404, "\(path)") }
  }

  @Test func `without Bootstrap the page says what to install`() async {
    struct Nothing: WebFiles {
      func file(_ path: String) -> WebFile? { nil }
    }
    let page = await SiteFixture(files: Nothing()).ask("/admin/")
    #expect(
      page.fields[.contentType]?.hasPrefix("text/plain") == true && page.text.contains("libjs-bootstrap5"))
  }
}
