/// What is noted down while one request is translated. Never leaves that translation.
final class TranslationNotes {
  private(set) var degradations: [Degradation] = []
  /// Names the endpoint knows tools by, where they differ, to the client's.
  private(set) var toolNames: [String: String] = [:]

  /// Notes a loss; later ones of the same kind in the same field are counted only.
  func note(_ code: Degradation.Code, at place: String) {
    let field = place.prefix { $0 != "[" }
    let known = degradations.firstIndex { $0.code == code && $0.place.prefix { $0 != "[" } == field }
    if let known {
      degradations[known].count += 1
    } else {
      degradations.append(Degradation(code, at: place))
    }
  }

  /// The name by which the endpoint knows the client's tool `name`.
  func providerName(of name: String) -> String {
    let providerName = ToolName.forProvider(name)
    if providerName != name { toolNames[providerName] = name }
    return providerName
  }
}

/// What every part of the translation of one request needs to know.
struct TranslationContext {
  let profile: ProviderProfile
  let movesSystemMessagesFirst: Bool
  let memory: any ReasoningReplaying
  let notes = TranslationNotes()
}
