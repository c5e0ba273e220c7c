import Pipeline
import ProxyTesting
import Testing

/// The contract check finds what breaks the contract.
@Suite struct StageContractTests {
  /// Emits its input, in one of several wrong ways.
  struct Wrong: Stage {
    enum Fault: CaseIterable { case none, dependsOnCut, speaksAfterEnd, namesAnother, sharesState }
    final class Counter: Sendable { let meter = StageMeter(name: "x") }

    static let name: StageName = "wrong"
    var fault: Fault
    let shared = Counter()
    var size = 0

    init(_ fault: Fault) { self.fault = fault }

    mutating func receive(_ input: Bytes, _ emit: (Int) throws(ProxyFailure) -> Void) throws(ProxyFailure) {
      size += input.count
      switch fault {
      case .dependsOnCut: try emit(input.count)
      case .namesAnother: throw ProxyFailure(.truncated, origin: .upstream, stage: "other", detail: "")
      case .sharesState:
        shared.meter.count(received: 1)
        try emit(shared.meter.snapshot.received)
      case .none, .speaksAfterEnd: break
      }
    }

    mutating func finish(_ emit: (Int) throws(ProxyFailure) -> Void) throws(ProxyFailure) {
      if size > 0 || fault == .speaksAfterEnd { try emit(size) }
      size = 0
    }
  }

  @Test(arguments: Wrong.Fault.allCases)
  func `finds each way to break the contract`(fault: Wrong.Fault) throws {
    let check = { try expectStageContract(Wrong(fault), input: Bytes(utf8: "abc")) }
    if fault == .none {
      try check()
    } else {
      #expect(throws: StageContractViolation.self, performing: check)
    }
  }

  @Test func `every chunking joins to the whole`() {
    let bytes = Bytes(utf8: "..abc").dropFirst(2)
    let chunkings = Array(EveryChunking(of: bytes))
    #expect(chunkings.map { $0.map(\.text) } == [["", "abc"], ["a", "bc"], ["ab", "c"], ["a", "b", "c"]])
  }
}
