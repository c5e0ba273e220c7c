import NIOCore
import Pipeline

/// A request's body as it arrives: bounded, and unpacked if it was compressed.
struct IncomingBody {
  enum Problem: Error {
    case tooLarge(Int)
    case malformed
  }

  private let limit: Int
  private let gunzip: Gunzip?
  private var bytes: [UInt8] = []

  init(isGzipped: Bool, limit: Int) {
    self.limit = limit
    gunzip = isGzipped ? Gunzip(limit: limit) : nil
  }

  mutating func receive(_ part: ByteBuffer) throws(Problem) {
    guard let gunzip else {
      guard bytes.count + part.readableBytes <= limit else { throw .tooLarge(limit) }
      bytes += part.readableBytesView
      return
    }
    do throws(Gunzip.Problem) {
      try gunzip.receive(Array(part.readableBytesView))
    } catch {
      throw problem(error)
    }
  }

  func finish() throws(Problem) -> [UInt8] {
    guard let gunzip else { return bytes }
    do throws(Gunzip.Problem) {
      return try gunzip.finish()
    } catch {
      throw problem(error)
    }
  }

  private func problem(_ problem: Gunzip.Problem) -> Problem {
    switch problem {
    case .tooLarge: .tooLarge(limit)
    case .malformed: .malformed
    }
  }
}
