/// The rules of a Messages answer that are checked here, by their ids in the report and in failures.
///
/// V37, V38 and V44 belong to the transport and to `failover`.
enum ProtocolRule: String {
  /// A streamed request is answered by an event stream.
  case v1 = "V1"
  /// The event's name is the `type` of its data.
  case v2 = "V2"
  /// The data is a JSON object with a string `type`.
  case v3 = "V3"
  /// Well-formed UTF-8 without byte order mark and NUL.
  case v4 = "V4"
  /// Every frame ends in a blank line.
  case v5 = "V5"
  /// No `[DONE]`.
  case v6 = "V6"
  /// The first known event is message_start.
  case v7 = "V7"
  /// There is one message_start.
  case v8 = "V8"
  /// A message starts with empty content.
  case v9 = "V9"
  /// A message has usage with integer token counts.
  case v10 = "V10"
  /// A message has id, type, role and model.
  case v11 = "V11"
  /// Blocks are numbered 0, 1, 2, … as they start.
  case v12 = "V12"
  /// One block is open at a time.
  case v13 = "V13"
  /// Deltas and stops name the open block.
  case v14 = "V14"
  /// A block has a type; known ones are expected.
  case v15 = "V15"
  /// A delta's type fits its block.
  case v16 = "V16"
  /// Payloads are strings.
  case v17 = "V17"
  /// Tool calls have a name and an id of their own.
  case v18 = "V18"
  /// A tool's input is exactly one JSON object.
  case v19 = "V19"
  /// A called tool was declared.
  case v20 = "V20"
  /// Thinking is signed.
  case v21 = "V21"
  /// There is one signature, after the thinking.
  case v22 = "V22"
  /// Redacted thinking has data.
  case v23 = "V23"
  /// Blocks that come whole get no deltas, a compaction one.
  case v24 = "V24"
  /// All blocks are closed before the message stops.
  case v25 = "V25"
  /// A message_delta has a delta and the output tokens.
  case v26 = "V26"
  /// A stop_reason comes before message_stop, and stays.
  case v27 = "V27"
  /// Token counts never decrease.
  case v28 = "V28"
  /// Who stops for tools has called one.
  case v29 = "V29"
  /// Who has called a tool stops for it.
  case v30 = "V30"
  /// A refusal has details.
  case v31 = "V31"
  /// No content after the stop_reason.
  case v32 = "V32"
  /// One message_stop, last.
  case v33 = "V33"
  /// The stream ends after message_stop only.
  case v34 = "V34"
  /// An error event ends the stream.
  case v35 = "V35"
  /// So does an error object without a type.
  case v36 = "V36"
  /// An empty answer has at least cost something.
  case v39 = "V39"
  /// Thinking alone is no answer.
  case v40 = "V40"
  /// A text block has text.
  case v41 = "V41"
  /// A tool's result answers a call.
  case v42 = "V42"
  /// The model is the one asked for.
  case v43 = "V43"
}
