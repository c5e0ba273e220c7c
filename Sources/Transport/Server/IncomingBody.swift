import NIOCore
import Pipeline

/// A request's body as it arrives: bounded, and unpacked if it was compressed.
///
/// A class, so that appending never copies what came before.
final class IncomingBody {
  /// A declared length is a client's word: no more than this is set aside for it in advance.
  private static let largestReserve = 1024 * 1024

  private let limit: Int
  private let gunzip: Gunzip?
  /// Its part of what all bodies may take; who keeps the bytes keeps this.
  let share: MemoryBudget.Share
  private var bytes: [UInt8] = []

  init(_ head: RequestHead, limit: Int, share: MemoryBudget.Share) throws(Refusal) {
    self.share = share
    if let length = head.declaredLength {
      guard length <= limit else { throw .bodyTooLarge(limit) }
      if !head.isGzipped { bytes.reserveCapacity(min(length, Self.largestReserve)) }
    }
    self.limit = limit
    gunzip = head.isGzipped ? Gunzip(limit: limit) : nil
  }

  func receive(_ part: ByteBuffer) throws(Refusal) {
    if let gunzip {
      let before = gunzip.output.count
      if let problem = gunzip.receive(part) { throw refusal(problem) }
      guard share.grow(by: gunzip.output.count - before) else { throw .noMemory }
    } else {
      guard share.grow(by: part.readableBytes) else { throw .noMemory }
      guard bytes.count + part.readableBytes <= limit else { throw .bodyTooLarge(limit) }
      bytes += part.readableBytesView
    }
  }

  /// The whole body; an empty one needs no gzip framing.
  func finish() throws(Refusal) -> Bytes {
    guard let gunzip else { return Bytes(bytes) }
    guard gunzip.isWhole else { throw refusal(.malformed) }
    return Bytes(gunzip.output)
  }

  private func refusal(_ problem: Gunzip.Problem) -> Refusal {
    switch problem {
    case .tooLarge: .bodyTooLarge(limit)
    case .malformed: Refusal(400, "The body is not valid gzip.")
    }
  }
}
