/// A stage with its meter: counts every input, output and failure, and times one input in 64.
///
/// The time of a sample is the stage's own: what the stages after it need is subtracted.
@usableFromInline
package struct Metered<Base: Stage>: Stage {
  @usableFromInline var base: Base
  @usableFromInline let meter: StageMeter
  @usableFromInline var turn: UInt8 = 0

  @usableFromInline
  package static var name: StageName { Base.name }

  @inlinable
  package init(_ base: Base, meter: StageMeter) {
    self.base = base
    self.meter = meter
  }

  @inlinable
  package func prepared(for attempt: Attempt) -> Self {
    Metered(base.prepared(for: attempt), meter: meter)
  }

  @inlinable
  package mutating func receive(
    _ input: Base.Input, _ emit: (Base.Output) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    turn &+= 1
    if turn & 63 == 1 {
      try receiveTimed(input, emit)
    } else {
      try counted { (meter, base) throws(ProxyFailure) in
        meter.count(received: 1)
        try base.receive(input) { (output) throws(ProxyFailure) in
          meter.count(emitted: 1)
          try emit(output)
        }
      }
    }
  }

  @inlinable
  package mutating func finish(_ emit: (Base.Output) throws(ProxyFailure) -> Void) throws(ProxyFailure) {
    try counted { (meter, base) throws(ProxyFailure) in
      try base.finish { (output) throws(ProxyFailure) in
        meter.count(emitted: 1)
        try emit(output)
      }
    }
  }

  @usableFromInline
  mutating func receiveTimed(
    _ input: Base.Input, _ emit: (Base.Output) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    let clock = ContinuousClock()
    let start = clock.now
    var downstream = Duration.zero
    try counted { (meter, base) throws(ProxyFailure) in
      meter.count(received: 1)
      try base.receive(input) { (output) throws(ProxyFailure) in
        meter.count(emitted: 1)
        let handedOver = clock.now
        try emit(output)
        downstream += handedOver.duration(to: clock.now)
      }
    }
    let all = start.duration(to: clock.now)
    let own = all - downstream
    meter.through.record(all)
    meter.sample(events: 1, nanoseconds: Int(own.components.attoseconds / 1_000_000_000))
  }

  /// A failure is counted where it was thrown, not again in every stage before it.
  @inlinable
  mutating func counted(
    _ body: (StageMeter, inout Base) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    do throws(ProxyFailure) {
      try body(meter, &base)
    } catch {
      if error.stage == Base.name { meter.countFailure() }
      throw error
    }
  }
}
