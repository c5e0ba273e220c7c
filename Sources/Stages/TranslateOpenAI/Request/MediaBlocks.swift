import Pipeline

/// Images, documents and search results as parts of a message (translation.md §3).
struct MediaBlocks {
  let context: TranslationContext

  /// The parts a block becomes; nil when it is of none of these types.
  func parts(of block: RequestBlock) throws(ProxyFailure) -> [ChatContent.Part]? {
    switch block.type {
    case "image": [try image(block)]
    case "document": try document(block)
    case "search_result": [.text(try searchResult(block), mark: block.mark(context.profile))]
    default: nil
    }
  }

  // MARK: Images

  private func image(_ block: RequestBlock) throws(ProxyFailure) -> ChatContent.Part {
    let source = try Source(of: block)
    guard context.profile.acceptsImages else {
      context.notes.note(.imageOmitted, at: block.place)
      return .text("[image omitted: \(source.summary)]")
    }
    guard let url = source.url else {
      throw .untranslatable("\(block.place).source", "An image of the type \(source.type) cannot be shown")
    }
    let image = JSONFields(["url": url.quoted])
    return .media(JSONFields(["type": Bytes(quoting: "image_url"), "image_url": image.text]).text)
  }

  // MARK: Documents

  private func document(_ block: RequestBlock) throws(ProxyFailure) -> [ChatContent.Part] {
    let source = try Source(of: block)
    let title = EscapedText(json: block.fields["title"])
    let head = [title, EscapedText(json: block.fields["context"])].compactMap { $0 }
    switch source.kind {
    case .text(let text):
      return [.text((head + [text]).joined(), mark: block.mark(context.profile))]
    case .content(let content):
      return try flattened(content, under: head, of: block)
    case .base64(let mediaType, let data) where context.profile.documents == .file:
      let file = JSONFields([
        "filename": (title ?? "document.pdf").quoted,
        "file_data": ("data:\(mediaType);base64,\(data)" as EscapedText).quoted,
      ])
      return [.media(JSONFields(["type": Bytes(quoting: "file"), "file": file.text]).text)]
    case .base64, .url, .other:
      context.notes.note(.documentOmitted, at: block.place)
      let facts = (head + [source.summary]).joined(by: ", ")
      return [.text("[document omitted: \(facts)]", mark: block.mark(context.profile))]
    }
  }

  private func flattened(
    _ content: Bytes, under head: [EscapedText], of block: RequestBlock
  ) throws(ProxyFailure) -> [ChatContent.Part] {
    var parts = ChatContent()
    parts.append(head.joined())
    for inner in try RequestBlock.list(content, at: "\(block.place).source.content") {
      switch inner.type {
      case "text": parts.append(try inner.text("text"))
      case "image": parts.parts.append(try image(inner))
      default: context.notes.note(.blockDropped, at: inner.place)
      }
    }
    return parts.parts
  }

  private func searchResult(_ block: RequestBlock) throws(ProxyFailure) -> EscapedText {
    var texts = [EscapedText(json: block.fields["title"]), EscapedText(json: block.fields["source"])]
    for inner in try RequestBlock.list(block.fields["content"], at: "\(block.place).content") {
      texts.append(EscapedText(json: inner.fields["text"]))
    }
    return texts.compactMap { $0 }.joined()
  }
}

/// Where the data of an image or a document are.
private struct Source {
  enum Kind {
    case base64(mediaType: EscapedText, data: EscapedText)
    case url(EscapedText)
    case text(EscapedText)
    case content(Bytes)
    /// An uploaded file, or what is not known yet.
    case other
  }

  let type: String
  let kind: Kind

  init(of block: RequestBlock) throws(ProxyFailure) {
    let place = "\(block.place).source"
    guard let fields = block.fields.object("source"), let type = fields.string("type") else {
      throw .malformed(place, "An object with a type is missing")
    }
    self.type = type
    let source = RequestBlock(type: type, fields: fields, place: place)
    kind =
      switch type {
      case "base64": .base64(mediaType: try source.text("media_type"), data: try source.text("data"))
      case "url": .url(try source.text("url"))
      case "text": .text(try source.text("data"))
      case "content": .content(fields["content"] ?? [])
      default: .other
      }
  }

  /// What an image part refers to; nil when there is no such reference.
  var url: EscapedText? {
    switch kind {
    case .base64(let mediaType, let data): "data:\(mediaType);base64,\(data)"
    case .url(let url): url
    case .text, .content, .other: nil
    }
  }

  /// For the place where it would have been: `image/png, 1024 bytes`.
  var summary: EscapedText {
    switch kind {
    case .base64(let mediaType, let data): "\(mediaType), \(Self.byteCount(base64: data)) bytes"
    case .url(let url): url
    case .text, .content, .other: EscapedText(type)
    }
  }

  private static func byteCount(base64: EscapedText) -> Int {
    let characters = base64.decoded.utf8
    let padding = characters.suffix(2).count { $0 == UInt8(ascii: "=") }
    return max(0, characters.count / 4 * 3 - padding)
  }
}
