import Pipeline
import Stages
import Yams

/// The providers this program knows, from `Resources/providers.yaml`.
package struct Providers: Sendable, Equatable {
  /// In the order of the file; names are unique.
  package private(set) var all: [Provider] = []

  /// The one profile that is there for endpoints nothing is known of.
  static let fallbackName = "generic"

  /// Reads and checks a file of providers, with the same strictness as config.yaml.
  package init(text: String, file: String) throws(SettingsError) {
    let reading = Reading(file: file, environment: [:])
    let providers = reading.mapping(of: text) { root in
      root["providers"]?.mapping { map in
        map.allEntries().compactMap { name, value in value.mapping { Provider(name: name, $0) } }
      }
    }
    if reading.hasErrors { throw SettingsError(diagnostics: reading.sortedDiagnostics) }
    all = (providers ?? nil) ?? []
  }

  package subscript(name: String) -> Provider? { all.first { $0.name == name } }

  /// The OpenAI-compatible provider whose host or port a URL has, and which of them it is.
  func guess(_ url: EndpointURL) -> (provider: Provider, evidence: String)? {
    for provider in all where provider.kind == .openai {
      if let evidence = provider.recognises(url) { return (provider, evidence) }
    }
    return nil
  }

  /// What comes with the program, within its binary. Parsed at the first use.
  package static let bundled: Providers = {
    let text = String(decoding: PackageResources.providers_yaml, as: UTF8.self)
    do throws(SettingsError) {
      return try Providers(text: text, file: "providers.yaml")
    } catch {
      // The file is part of the program, and its tests read it.
      preconditionFailure("\(error)")
    }
  }()
}
