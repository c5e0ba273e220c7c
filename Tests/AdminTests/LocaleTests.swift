import Foundation
import Settings
import Testing

/// Every language says everything, with the same places to fill in.
@Suite struct LocaleTests {
  private static let folder = PagesTests.folder.appending(path: "locales")

  private static func texts(_ language: String) throws -> [String: String] {
    let data = try Data(contentsOf: folder.appending(path: "\(language).json"))
    return try JSONDecoder().decode([String: String].self, from: data)
  }

  /// Plural forms that other languages have and English has not.
  private static let otherForms = [".few", ".many", ".two", ".zero"]

  @Test func `there is a file for each language of the configuration, and no other`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.sorted() == Settings.I18n.Language.allCases.map { "\($0.rawValue).json" }.sorted())
  }

  @Test(arguments: Settings.I18n.Language.allCases)
  func `no text is missing, empty or left over`(_ language: Settings.I18n.Language) throws {
    let (english, own) = (try Self.texts("en"), try Self.texts(language.rawValue))
    #expect(Set(english.keys).subtracting(own.keys) == [])
    let more = own.keys.filter { key in
      english[key] == nil
        && !Self.otherForms.contains {
          key.hasSuffix($0) && english[String(key.dropLast($0.count)) + ".other"] != nil
        }
    }
    #expect(more == [])
    #expect(own.filter { $0.value.trimmingCharacters(in: .whitespaces).isEmpty }.map(\.key) == [])
  }

  @Test(arguments: Settings.I18n.Language.allCases)
  func `each has the places to fill in that English has`(_ language: Settings.I18n.Language) throws {
    let (english, own) = (try Self.texts("en"), try Self.texts(language.rawValue))
    for (key, text) in english {
      let (wanted, found) = (Self.places(in: text), Self.places(in: own[key] ?? ""))
      // The singular may leave the number out, or say it where English does not.
      let isForgiven =
        key.hasSuffix(".one") && wanted.symmetricDifference(found).isSubset(of: ["n", "count"])
      #expect(wanted == found || isForgiven, "\(key): \(own[key] ?? "")")
    }
  }

  private static func places(in text: String) -> Set<String> {
    Set(text.matches(of: #/\{(\w+)\}/#).map { String($0.1) })
  }
}
