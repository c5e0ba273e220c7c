import Pipeline

/// A text for a message: whole, unless it looks like a credential that stands in the wrong place.
///
/// Credentials have a known prefix, sit before an `@`, or are long runs of letters and digits.
func masked(_ text: String) -> String {
  let isOpaque = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "_-+=".contains($0))) }
    .contains { $0.count >= 16 && $0.contains(where: \.isNumber) }
  let isSecret = isOpaque || text.contains("@") || text.contains("sk-") || text.hasPrefix("Bearer ")
  if isSecret { return Secret(text).description }
  return text.count > 60 ? "\(text.prefix(60))…" : text
}
