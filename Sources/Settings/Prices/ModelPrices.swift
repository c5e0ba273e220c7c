package import Pipeline

/// What models cost: a list in which the first match counts.
package struct ModelPrices: Sendable, Equatable {
  /// Those of the configuration, asked first.
  package var own: [ModelPrice] = []

  package init() {}

  /// Reads the list `prices`; without one there are those that come with the program.
  init(_ list: Value?) {
    own = list?.elements().compactMap { $0.mapping { ModelPrice($0) } } ?? []
  }

  /// The price of a model by the name its answer has; nil when it is not known.
  package func price(of model: String) -> ModelPrice? {
    own.first { $0.matches(model) } ?? Self.bundled.first { $0.matches(model) }
  }

  /// What an answer of a model cost, in USD; nil when its price or its tokens are not known.
  package func cost(of usage: TokenUsage, model: String) -> Double? {
    price(of: model)?.cost(of: usage)
  }

  /// Reads and checks a file of prices, with the same strictness as config.yaml.
  static func read(text: String, file: String) throws(SettingsError) -> [ModelPrice] {
    let reading = Reading(file: file, environment: [:])
    let prices = reading.mapping(of: text) { ModelPrices($0["prices"]) }
    if reading.hasErrors { throw SettingsError(diagnostics: reading.sortedDiagnostics) }
    return prices?.own ?? []
  }

  /// What comes with the program, within its binary. Parsed at the first use.
  package static let bundled: [ModelPrice] = {
    let text = String(decoding: PackageResources.prices_yaml, as: UTF8.self)
    do throws(SettingsError) {
      return try read(text: text, file: "prices.yaml")
    } catch {
      // The file is part of the program, and its tests read it.
      preconditionFailure("\(error)")
    }
  }()
}
