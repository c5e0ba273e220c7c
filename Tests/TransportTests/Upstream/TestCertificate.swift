import Foundation

/// A certificate that signs itself, made by the `openssl` command in a directory of its own.
struct TestCertificate {
  struct Problem: Error { var output: String }

  private let directory: URL

  /// Whoever trusts this file trusts the certificate.
  var file: String { directory.appending(path: "certificate.pem").path() }
  var keyFile: String { directory.appending(path: "key.pem").path() }

  /// - Parameters:
  ///   - name: as in `subjectAltName`, such as `IP:127.0.0.1`.
  ///   - years: the first and last it is valid in.
  init(for name: String = "IP:127.0.0.1", years: ClosedRange<Int> = 2020...2099) async throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    do {
      try Self.configuration(name).write(
        to: directory.appending(path: "openssl.cnf"), atomically: true, encoding: .utf8)
      try Data().write(to: directory.appending(path: "index.txt"))
      try await run(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config openssl.cnf "
          + "-keyout key.pem -out request.pem")
      try await run(
        "ca -batch -selfsign -notext -config openssl.cnf -keyfile key.pem -in request.pem "
          + "-out certificate.pem -startdate \(years.lowerBound)0101000000Z "
          + "-enddate \(years.upperBound)1231235959Z")
    } catch {
      remove()
      throw error
    }
  }

  /// The key, locked with a passphrase, in a file of its own.
  func lockedKeyFile() async throws -> String {
    try await run("pkey -in key.pem -aes256 -passout pass:secret -out locked.pem")
    return directory.appending(path: "locked.pem").path()
  }

  /// Puts the files of another certificate in the place of these.
  func replace(with other: TestCertificate) throws {
    for name in ["certificate.pem", "key.pem"] {
      try Data(contentsOf: other.directory.appending(path: name)).write(to: directory.appending(path: name))
    }
  }

  func remove() { try? FileManager.default.removeItem(at: directory) }

  // Suspended, not blocked, while it waits: hundreds of tests share a thread for each processor.
  private func run(_ arguments: String) async throws {
    let openssl = Process()
    openssl.executableURL = URL(filePath: "/usr/bin/env")
    openssl.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
    openssl.currentDirectoryURL = directory
    let output = Pipe()
    openssl.standardOutput = output
    openssl.standardError = output
    // Without one it reads the environment, which other tests may be copying at the same moment.
    openssl.environment = ["PATH": "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin"]
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      openssl.terminationHandler = { _ in continuation.resume() }
      do { try openssl.run() } catch { continuation.resume(throwing: error) }
    }
    // Little enough for the pipe to hold.
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    guard openssl.terminationStatus == 0 else { throw Problem(output: text) }
  }

  /// `ca` and not `x509`, as only it makes certificates that have expired already.
  private static func configuration(_ name: String) -> String {
    """
    [req]
    prompt = no
    distinguished_name = subject
    [subject]
    commonName = scripted endpoint
    [ca]
    default_ca = authority
    [authority]
    database = index.txt
    rand_serial = yes
    new_certs_dir = .
    default_md = sha256
    policy = policy
    x509_extensions = extensions
    [policy]
    commonName = supplied
    [extensions]
    subjectAltName = \(name)
    """
  }
}
