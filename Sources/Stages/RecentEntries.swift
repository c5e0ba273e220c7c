/// A dictionary that stays within a number of entries and of bytes by forgetting what was used longest ago.
///
/// Two generations stand in for an exact list by time of use: what is used moves to the young one; when that has
/// half of either limit it becomes the old one, and the old one is forgotten. Constant time; what was used last
/// within half the limits is always there.
struct RecentEntries<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private typealias Entry = (value: Value, bytes: Int)

  let countLimit: Int
  let byteLimit: Int
  private var young: [Key: Entry] = [:]
  private var old: [Key: Entry] = [:]
  private var youngBytes = 0
  private var oldBytes = 0

  init(countLimit: Int, byteLimit: Int = .max) {
    self.countLimit = countLimit
    self.byteLimit = byteLimit
  }

  var count: Int { young.count + old.count }
  /// As told by `set`.
  var bytes: Int { youngBytes + oldBytes }

  /// Looking an entry up keeps it young.
  mutating func value(for key: Key) -> Value? {
    if let entry = young[key] { return entry.value }
    guard let entry = old[key] else { return nil }
    set(entry.value, for: key, bytes: entry.bytes)
    return entry.value
  }

  /// - Parameter bytes: what the entry weighs. One of more than half the limit is not kept.
  mutating func set(_ value: Value, for key: Key, bytes: Int = 0) {
    if let entry = young.removeValue(forKey: key) { youngBytes -= entry.bytes }
    if let entry = old.removeValue(forKey: key) { oldBytes -= entry.bytes }
    guard bytes <= byteLimit / 2 else { return }
    if young.count >= max(1, countLimit / 2) || youngBytes > byteLimit / 2 - bytes {
      (old, oldBytes) = (young, youngBytes)
      (young, youngBytes) = ([:], 0)
    }
    young[key] = (value, bytes)
    youngBytes += bytes
  }

  /// Every entry, those of the old generation first.
  var entries: [(key: Key, value: Value)] {
    (Array(old) + Array(young)).map { ($0.key, $0.value.value) }
  }
}
