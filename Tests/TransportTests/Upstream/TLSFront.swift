import Foundation
import ProxyTesting

/// TLS before a scripted endpoint: a process (Tests/support/tls_front.py) that ends with this value.
final class TLSFront {
  struct Problem: Error {}

  let port: Int
  private let process = Process()
  private let input = Pipe()

  init(_ certificate: TestCertificate, to upstream: ScriptedUpstream) throws {
    let script = URL(filePath: #filePath).appending(path: "../../../support/tls_front.py").standardized
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path(), certificate.file, certificate.keyFile, "\(upstream.port)"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw Problem() }
    self.port = port
  }

  deinit {
    // The end of its input is the end of the process.
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
