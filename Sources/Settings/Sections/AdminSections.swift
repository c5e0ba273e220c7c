package import Pipeline

extension Settings {
  /// The web interface at `/admin/`.
  package struct WebAdmin: Sendable, Equatable {
    package var isEnabled = true
    /// Salted, as the program writes it; nil when no password is needed.
    package var passwordHash: Secret?
    /// Names the interface may be asked for by, besides those of this machine; without ports.
    package var allowedHosts: [String] = []
    /// Whether `/metrics` answers.
    package var metrics = true

    package init() {}
  }

  /// The languages of the web interface.
  package struct I18n: Sendable, Equatable {
    /// The predecessor's nine, by its names.
    package enum Language: String, Sendable, CaseIterable {
      case chinese = "zh-cn"
      case english = "en"
      case german = "de"
      case spanish = "es"
      case italian = "it"
      case japanese = "ja"
      case korean = "ko"
      case portuguese = "pt"
      case russian = "ru"
    }

    package var isEnabled = true
    package var defaultLanguage = Language.chinese
    /// A directory with translations; nil for the built-in ones.
    package var localesPath: String?

    package init() {}
  }
}

extension Settings.WebAdmin {
  init(_ map: Mapping) {
    isEnabled = map["enabled"]?.boolean() ?? isEnabled
    passwordHash = map["password_hash"]?.secretText().map(Secret.init)
    allowedHosts = (map["allowed_hosts"]?.elements() ?? []).compactMap(Self.host)
    metrics = map["metrics"]?.boolean() ?? metrics
  }

  /// A name or an address, in lower case.
  private static func host(_ value: Value) -> String? {
    guard let text = value.text() else { return nil }
    let isAddress = text.hasPrefix("[") && text.hasSuffix("]")
    guard !text.isEmpty, isAddress || !text.contains(":"), !text.contains(where: { "/@*?# ".contains($0) })
    else {
      value.reportMismatch(
        expected: "the name of a host, without scheme and port",
        suggestion: text.contains("*") ? "name each host" : nil)
      return nil
    }
    return text.lowercased()
  }

  func outline(_ out: inout Outline) {
    out.plain("enabled", isEnabled)
    out.secret("password_hash", passwordHash)
    out.texts("allowed_hosts", allowedHosts)
    out.plain("metrics", metrics)
  }
}

extension Settings.I18n {
  init(_ map: Mapping) {
    isEnabled = map["enabled"]?.boolean() ?? isEnabled
    defaultLanguage = map["default_language"]?.choice() ?? defaultLanguage
    localesPath = map["locales_path"]?.filledText()
  }

  func outline(_ out: inout Outline) {
    out.plain("enabled", isEnabled)
    out.plain("default_language", defaultLanguage.rawValue)
    out.text("locales_path", localesPath)
  }
}
