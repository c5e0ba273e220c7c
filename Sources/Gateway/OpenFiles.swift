#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How many files and connections this process may have open. A stream needs two.
enum OpenFiles {
  /// Below this many a busy day may meet the ceiling.
  static let comfortable = 4096
  /// macOS refuses more than this whatever the hard limit says.
  private static let most: UInt64 = 10_240

  /// Raises the limit as far as the system allows without privileges; returns it.
  static func raiseLimit() -> Int {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard unsafe getrlimit(resource, &limit) == 0 else { return comfortable }
    var wanted = limit
    #if canImport(Glibc)
      wanted.rlim_cur = limit.rlim_max
    #else
      wanted.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(most)))
    #endif
    if unsafe setrlimit(resource, &wanted) == 0 { limit = wanted }
    return Int(clamping: limit.rlim_cur)
  }

  /// What to tell whoever starts a process with this limit; nil when there is nothing to tell.
  static func notice(limit: Int) -> String? {
    guard limit < comfortable else { return nil }
    return """
      Only \(limit) files may be open at once, which is about \(max(1, (limit - 64) / 2)) streams; \
      raise it with ulimit -n, or LimitNOFILE in a systemd unit.
      """
  }
}
