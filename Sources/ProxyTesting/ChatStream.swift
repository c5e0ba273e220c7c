package import Pipeline

/// Builds the frames of a chat-completion stream as an endpoint sends them; nothing is checked.
package struct ChatStream: Sendable {
  package private(set) var frames: [Bytes] = []

  package var bytes: Bytes { Bytes(frames.flatMap { $0 }) }

  package init() {}

  // MARK: Frames

  package func raw(_ text: String) -> Self {
    var stream = self
    stream.frames.append(Bytes(utf8: text))
    return stream
  }

  package func data(_ json: String) -> Self { raw("data: \(json)\n\n") }

  package func done() -> Self { data("[DONE]") }

  package func prefix(_ count: Int) -> Self {
    var stream = self
    stream.frames = Array(frames.prefix(count))
    return stream
  }

  // MARK: Chunks

  /// A chunk with these members of its only choice.
  package func choice(_ members: String, _ others: String = "") -> Self {
    data(
      #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,\#(members)}]\#(others)}"#
    )
  }

  package func delta(_ members: String) -> Self { choice(#""delta":{\#(members)},"finish_reason":null"#) }

  package func text(_ text: String) -> Self { delta(#""content":\#(text.jsonQuoted)"#) }

  package func reasoning(_ text: String, field: String = "reasoning_content") -> Self {
    delta(#""\#(field)":\#(text.jsonQuoted)"#)
  }

  /// A piece of a tool call; what is nil is left out.
  package func call(
    _ index: Int? = nil, id: String? = nil, name: String? = nil, _ arguments: String? = nil,
    extra: String? = nil
  ) -> Self {
    delta(#""tool_calls":[\#(Self.piece(index, id: id, name: name, arguments, extra: extra))]"#)
  }

  package static func piece(
    _ index: Int? = nil, id: String? = nil, name: String? = nil, _ arguments: String? = nil,
    extra: String? = nil
  ) -> String {
    let function = [
      name.map { #""name":\#($0.jsonQuoted)"# }, arguments.map { #""arguments":\#($0.jsonQuoted)"# },
    ].compactMap { $0 }.joined(separator: ",")
    let members = [
      index.map { #""index":\#($0)"# }, id.map { #""id":\#($0.jsonQuoted)"# }, #""type":"function""#,
      #""function":{\#(function)}"#, extra.map { #""extra_content":\#($0)"# },
    ]
    return "{\(members.compactMap { $0 }.joined(separator: ","))}"
  }

  package func finish(_ reason: String) -> Self {
    choice(#""delta":{},"finish_reason":\#(reason.jsonQuoted)"#)
  }

  package func usage(_ prompt: Int = 40, _ completion: Int = 4, _ more: String = "") -> Self {
    data(
      #"{"choices":[],"usage":{"prompt_tokens":\#(prompt),"completion_tokens":\#(completion),"total_tokens":0\#(more)}}"#
    )
  }

  /// Finish reason, usage and `[DONE]`.
  package func end(_ reason: String = "stop", _ completion: Int = 4) -> Self {
    finish(reason).usage(40, completion).done()
  }
}
