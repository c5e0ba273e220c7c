/// Which endpoint served a session last, for a bounded number of sessions.
///
/// Two generations stand in for an exact LRU list: what is used moves to the young one; when that is full it
/// becomes the old one and the old one is forgotten. Constant time, never more than `capacity` entries, and
/// the `capacity / 2` sessions used last are always known.
struct RecentSessions: Sendable {
  /// Requests of one session with other tags go elsewhere and have their own prompt cache there.
  struct Key: Hashable, Sendable {
    var session: String
    var tags: Set<String>
  }

  let capacity: Int
  private var young: [Key: String] = [:]
  private var old: [Key: String] = [:]

  init(capacity: Int = 10_000) { self.capacity = capacity }

  var count: Int { young.count + old.count }

  /// The endpoint of a session; looking it up keeps it young.
  mutating func endpoint(of key: Key) -> String? {
    if let endpoint = young[key] { return endpoint }
    guard let endpoint = old[key] else { return nil }
    remember(key, at: endpoint)
    return endpoint
  }

  mutating func remember(_ key: Key, at endpoint: String) {
    old[key] = nil
    young[key] = endpoint
    if young.count >= max(1, capacity / 2) {
      old = young
      young = [:]
    }
  }
}
