import HTTPTypes
import Pipeline

/// What is below `/admin/` and no API: files, the first page, and a word when something is missing.
struct Pages: Sendable {
  static let vendor = "vendor/bootstrap.min.css"

  let files: any WebFiles
  /// Translations of the user's own, asked before those of `files` (`i18n.locales_path`).
  var locales: (any WebFiles)?

  /// - Parameter path: of the request, beginning with `/admin`.
  func reply(to request: ClientRequest) -> AdminReply {
    guard request.method == .get || request.method == .head else {
      var reply = AdminReply.text("Pages can only be read.\n", status: 405)
      reply.fields[.allow] = "GET, HEAD"
      return reply
    }
    guard request.path != "/admin" else {
      return AdminReply(status: 308, fields: [.location: "/admin/"], body: .bytes([]))
    }
    let path = String(request.path.dropFirst("/admin/".count))
    guard files.file(Self.vendor) != nil || !path.isEmpty else { return .text(Self.missingVendor) }
    guard let file = translation(path) ?? files.file(path.isEmpty ? "index.html" : path) else {
      return .text("There is no such page. The first one is at /admin/\n", status: 404)
    }
    return Self.reply(file, to: request.fields)
  }

  private func translation(_ path: String) -> WebFile? {
    path.hasPrefix("locales/") ? locales?.file(String(path.dropFirst("locales/".count))) : nil
  }

  private static func reply(_ file: WebFile, to fields: HTTPFields) -> AdminReply {
    var answer: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache", .vary: "accept-encoding"]
    let known = (fields[.ifNoneMatch] ?? "").split(separator: ",").map { tag in
      tag.drop { $0 == " " }.prefix { $0 != " " }
    }
    if known.contains(where: { $0 == file.tag || $0 == "W/\(file.tag)" || $0 == "*" }) {
      return AdminReply(status: 304, fields: answer, body: .bytes([]))
    }
    answer[.contentType] = file.type
    guard let gzipped = file.gzipped, acceptsGzip(fields[.acceptEncoding]) else {
      return AdminReply(status: 200, fields: answer, body: .bytes(file.bytes))
    }
    answer[.contentEncoding] = "gzip"
    return AdminReply(status: 200, fields: answer, body: .bytes(gzipped))
  }

  static func acceptsGzip(_ field: String?) -> Bool {
    (field ?? "").lowercased().split(separator: ",").contains { coding in
      let parts = coding.split(separator: ";").map { $0.filter { $0 != " " } }
      return parts.first == "gzip"
        && !parts.dropFirst().contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0) }
    }
  }

  private static let missingVendor = """
    The pages of Claude Code Companion are not complete: this program was built without Bootstrap and Chart.js.

    Install them and build again:
      Debian, Ubuntu:  make build       (scripts/setup installs libjs-bootstrap5 and libjs-chart.js)
      elsewhere:       put bootstrap.min.css of Bootstrap 5 and chart.min.js of Chart.js 3 into
                       Sources/AdminWeb/web/vendor/, then: make build

    Everything else works, the API at /admin/api too.

    """
}
