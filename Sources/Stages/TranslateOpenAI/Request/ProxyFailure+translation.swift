import Pipeline

extension ProxyFailure {
  /// A request that no endpoint could make sense of.
  static func malformed(_ place: String, _ problem: String) -> ProxyFailure {
    refusal(place, problem, retry: .never)
  }

  /// A request that an OpenAI-compatible endpoint cannot be asked; an Anthropic one may understand it.
  static func untranslatable(_ place: String, _ problem: String) -> ProxyFailure {
    refusal(place, "\(problem) at an OpenAI-compatible endpoint", retry: .nextEndpoint)
  }

  private static func refusal(_ place: String, _ problem: String, retry: Retry) -> ProxyFailure {
    ProxyFailure(
      .badRequest, origin: .client, stage: TranslateRequest.name, retry: retry, httpStatus: 400,
      detail: "\(place): \(problem).")
  }
}
