package import Pipeline

extension Settings {
  /// The web interface at `/admin/`.
  package struct WebAdmin: Sendable, Equatable {
    package var isEnabled = true
    /// Of the password that the pages ask for, as `admin-password` prints it; nil lets everybody in.
    package var passwordHash: Secret?
    /// Names this machine may be called by, besides localhost and addresses.
    package var allowedHosts: [String] = []
    /// Numbers for Prometheus at `/metrics`.
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
    allowedHosts = map["allowed_hosts"]?.texts() ?? allowedHosts
    metrics = map["metrics"]?.boolean() ?? metrics
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
