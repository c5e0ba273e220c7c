import Pipeline
import Stages

extension Endpoint {
  /// The base URL, checked; with it the path of an OpenAI-compatible endpoint.
  ///
  /// `path_prefix` is the whole path after the URL, as the predecessor has it. Without it, a URL of a host alone
  /// gets the provider's path, and one with a path of its own is taken for a base or the whole address.
  mutating func readURL(_ map: Mapping, _ kind: Kind, _ provider: Provider?) -> EndpointURL? {
    let prefix = map["path_prefix"]?.filledText()
    pathPrefix = prefix.map { $0.hasPrefix("/") ? $0 : "/" + $0 } ?? ""
    if kind == .demo {
      url = map["url"]?.filledText() ?? "demo:"
      return nil
    }
    guard let base = readBaseURL(map, provider) else { return nil }
    guard kind == .openai else {
      url = base.withoutVersion
      warnAboutVersion(map, base)
      return base
    }
    if prefix != nil {
      // The base may end in /v1 when the prefix does not bring it.
      url = pathPrefix.hasPrefix("/v1/") ? base.withoutVersion : base.text
      warnAboutVersion(map, base)
    } else if base.isRoot {
      url = base.withoutVersion
      pathPrefix = Self.provider(named: provider, base).0.fullPath
    } else {
      url = base.text
      if !base.isComplete { pathPrefix = Provider.chatPath }
    }
    return base
  }

  private func readBaseURL(_ map: Mapping, _ provider: Provider?) -> EndpointURL? {
    if map["url"] == nil, let provider, !provider.baseURL.isEmpty, let value = map["provider"] {
      return EndpointURL(provider.baseURL, for: value)
    }
    guard let text = map.requiredText("url", expected: "the base URL, such as https://api.anthropic.com"),
      let value = map["url"]
    else { return nil }
    return EndpointURL(text, for: value)
  }

  private func warnAboutVersion(_ map: Mapping, _ base: EndpointURL) {
    guard url != base.text else { return }
    map["url"]?.warn("the trailing /v1 is left out: the paths of requests start with it")
  }
}
