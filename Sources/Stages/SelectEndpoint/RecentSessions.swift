/// Which endpoint served a session last, for a bounded number of sessions.
struct RecentSessions: Sendable {
  /// Requests of one session with other tags go elsewhere and have their own prompt cache there.
  struct Key: Hashable, Sendable {
    var session: String
    var tags: Set<String>
  }

  private var endpoints: RecentEntries<Key, String>

  init(capacity: Int = 10_000) { endpoints = RecentEntries(countLimit: capacity) }

  /// The endpoint of a session; looking it up keeps it young.
  mutating func endpoint(of key: Key) -> String? { endpoints.value(for: key) }

  mutating func remember(_ key: Key, at endpoint: String) { endpoints.set(endpoint, for: key) }
}
