extension RoutedRequest.Skip {
  /// `name: reason`, for the journal. `now` is in milliseconds since 1970.
  package func line(at now: Int64) -> String {
    "\(endpoint): \(reason.text(at: now))"
  }
}

extension RoutedRequest.Reason {
  /// One phrase for people. `now` is in milliseconds since 1970.
  package func text(at now: Int64) -> String {
    switch self {
    case .disabled: "disabled"
    case .benched(let until, let cause): "benched for \(max(0, until - now + 999) / 1000) s more: \(cause)"
    case .lacksTags(let tags): "lacks the tag \(tags.joined(separator: ", "))"
    case .requiresTags(let tags): "only for requests tagged \(tags.joined(separator: ", "))"
    case .unsupported(let why): why
    }
  }
}
