import Foundation
import Journal
import Settings

/// A failure rule for failures like one that happened.
struct FailureRuleSuggestion {
  let rule: SettingValue

  /// The words of a refusal tell it best; without any its status does.
  init(_ attempt: FailedAttempt) {
    var map = SettingMap()
    map["endpoint"] = .text(attempt.endpoint)
    if let status = attempt.status { map["status"] = .int(status) }
    let error = (try? JSONSerialization.jsonObject(with: Data(attempt.words)) as? [String: Any])?["error"]
    if let type = (error as? [String: Any])?["type"] as? String { map["error_type"] = .text(type) }
    if let message = (error as? [String: Any])?["message"] as? String, !message.isEmpty {
      map["body"] = .text(Self.expression(message))
    }
    // Without words a rule looks at the description.
    if map.keys.count == 1 {
      map["body"] = .text(Self.expression(attempt.failureDetail ?? attempt.failureCode))
    }
    map["action"] = .text("switch")
    rule = .map(map)
  }

  /// The first words of a message, as a regular expression that means just them; numbers and ids differ each time.
  private static func expression(_ message: String) -> String {
    let words = message.prefix(80).split(separator: " ", omittingEmptySubsequences: false).prefix(8)
    return words.map { word in
      word.contains(where: \.isNumber) ? "\\S+" : NSRegularExpression.escapedPattern(for: String(word))
    }.joined(separator: " ")
  }
}
