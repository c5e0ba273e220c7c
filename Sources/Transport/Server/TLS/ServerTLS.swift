import Foundation
import NIOSSL
import Synchronization

/// What proves to clients who the server is: a certificate and its key, taken up by every connection that begins.
package final class ServerTLS: Sendable {
  /// Paths of files in PEM.
  package struct Files: Sendable, Equatable {
    /// The certificate and those between it and a root, in this order.
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
      (self.certificate, self.key) = (certificate, key)
    }
  }

  private struct Loaded {
    let context: NIOSSLContext
    let end: Int64
  }

  package let files: Files
  private let current: Mutex<Loaded>

  package init(_ files: Files) throws(CertificateProblem) {
    self.files = files
    current = Mutex(try Self.load(files))
  }

  /// When the certificate in force stops being valid, in milliseconds since 1970.
  package var end: Int64 { current.withLock { $0.end } }

  /// Reads the files again, for connections that begin from now on; what was in force stays if this throws.
  package func renew() throws(CertificateProblem) {
    let loaded = try Self.load(files)
    current.withLock { $0 = loaded }
  }

  /// Finds out whether a server could use the files.
  package static func check(_ files: Files) throws(CertificateProblem) { _ = try load(files) }

  var context: NIOSSLContext { current.withLock { $0.context } }

  private static func load(_ files: Files) throws(CertificateProblem) -> Loaded {
    let chain = try Self.certificates(in: files.certificate)
    let key = try Self.key(in: files.key)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    // The server speaks nothing newer; a client that knows only others is told by the first answer.
    configuration.applicationProtocols = ["http/1.1"]
    // No client is asked for a certificate, so there is nobody to be trusted.
    configuration.trustRoots = .certificates([])
    do {
      return Loaded(
        context: try NIOSSLContext(configuration: configuration), end: Int64(chain[0].notValidAfter) * 1000)
    } catch {
      throw CertificateProblem(
        "the key in \(files.key) (server.tls.key) does not belong to the certificate in \(files.certificate) "
          + "(server.tls.certificate). Name a certificate and the key it was made for.")
    }
  }

  private static func certificates(in path: String) throws(CertificateProblem) -> [NIOSSLCertificate] {
    let bytes = try Self.bytes(of: path, "server.tls.certificate")
    guard let chain = try? NIOSSLCertificate.fromPEMBytes(bytes), !chain.isEmpty else {
      throw CertificateProblem(
        "\(path) (server.tls.certificate) is no certificate in PEM. Name a file that begins with the server's "
          + "certificate, followed by those between it and a root.")
    }
    return chain
  }

  private static func key(in path: String) throws(CertificateProblem) -> NIOSSLPrivateKey {
    let bytes = try Self.bytes(of: path, "server.tls.key")
    // Nobody is there to be asked for the passphrase.
    guard bytes.firstRange(of: Array("ENCRYPTED".utf8)) == nil else {
      throw CertificateProblem(
        "the key in \(path) (server.tls.key) is locked with a passphrase. "
          + "Write one without: openssl pkey -in \(path) -out FILE")
    }
    guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
      throw CertificateProblem(
        "\(path) (server.tls.key) is no private key in PEM. Name the file with the key of the certificate.")
    }
    return key
  }

  private static func bytes(of path: String, _ setting: String) throws(CertificateProblem) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      let reason =
        FileManager.default.fileExists(atPath: path)
        ? "may not be read; give this user the right to" : "does not exist; correct the path"
      throw CertificateProblem("\(path) (\(setting)) \(reason).")
    }
  }
}

/// Why a certificate or its key cannot be used: which file, and what to do.
package struct CertificateProblem: Error, CustomStringConvertible {
  package let description: String

  fileprivate init(_ description: String) { self.description = description }
}
