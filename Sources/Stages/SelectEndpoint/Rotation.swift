import Synchronization

/// Whose turn it is among endpoints of the same rank: smooth weighted round robin.
///
/// Each turn every endpoint earns its weight and the richest is chosen and pays the sum, so shares are exact
/// over any whole round and the choices are spread (weights 5, 1, 1 give A A B A C A A). Equal weights make
/// it plain round robin. The set of endpoints may change between turns.
final class Rotation: Sendable {
  private let credits = Mutex<[String: Int]>([:])

  /// Places in `endpoints`, that of the one whose turn it is first. With `takesTurn` false it only looks.
  func ordered(
    _ places: ArraySlice<Int>, of endpoints: [Endpoint], takesTurn: Bool, weight: (Endpoint) -> Int
  ) -> [Int] {
    credits.withLock { credits in
      let purses = places.map { place in
        let name = endpoints[place].name
        let weight = min(max(1, weight(endpoints[place])), 1_000_000)
        return (place: place, name: name, weight: weight, credit: credits[name, default: 0] + weight)
      }
      let ranked = purses.sorted { $0.credit > $1.credit }
      if takesTurn, let chosen = ranked.first?.name {
        for purse in purses { credits[purse.name] = purse.credit }
        credits[chosen, default: 0] -= purses.reduce(0) { $0 + $1.weight }
      }
      return ranked.map(\.place)
    }
  }
}
