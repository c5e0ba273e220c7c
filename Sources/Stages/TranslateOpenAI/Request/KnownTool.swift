import Pipeline

/// Tools that Anthropic's models know without a schema and clients run: published with one of ours.
enum KnownTool {
  /// Nil for other types; tools that work on a screen are among those.
  static func schema(of type: String) -> Bytes? { known(type).map { Bytes(utf8: $0.schema).compactJSON } }

  static func description(of type: String) -> String? { known(type)?.description }

  private static func known(_ type: String) -> (description: String, schema: String)? {
    if type.hasPrefix("bash_") { return (bashDescription, bashSchema) }
    if type.hasPrefix("text_editor_") { return (editorDescription, editorSchema) }
    if type.hasPrefix("memory_") { return (memoryDescription, memorySchema) }
    return nil
  }

  private static let bashDescription = "Runs a command in a persistent bash session."
  private static let bashSchema = """
    {"type": "object", "properties": {
      "command": {"type": "string", "description": "The command to run."},
      "restart": {"type": "boolean", "description": "Restarts the session instead."}
    }}
    """

  private static let editorDescription = """
    Views, creates and edits text files. view needs path and takes view_range, create needs path and \
    file_text, str_replace needs path, old_str (which must occur once) and new_str, insert needs path, \
    insert_line and insert_text.
    """
  private static let editorSchema = """
    {"type": "object", "properties": {
      "command": {"type": "string", "enum": ["view", "create", "str_replace", "insert"]},
      "path": {"type": "string"}, "view_range": {"type": "array", "items": {"type": "integer"}},
      "file_text": {"type": "string"}, "old_str": {"type": "string"}, "new_str": {"type": "string"},
      "insert_line": {"type": "integer"}, "insert_text": {"type": "string"}
    }, "required": ["command", "path"]}
    """

  private static let memoryDescription = """
    Keeps notes in files under /memories. view needs path and takes view_range, create needs path and \
    file_text, str_replace needs path, old_str and new_str, insert needs path, insert_line and insert_text, \
    delete needs path, rename needs old_path and new_path.
    """
  private static let memorySchema = """
    {"type": "object", "properties": {
      "command": {"type": "string", "enum": ["view", "create", "str_replace", "insert", "delete", "rename"]},
      "path": {"type": "string"}, "view_range": {"type": "array", "items": {"type": "integer"}},
      "file_text": {"type": "string"}, "old_str": {"type": "string"}, "new_str": {"type": "string"},
      "insert_line": {"type": "integer"}, "insert_text": {"type": "string"},
      "old_path": {"type": "string"}, "new_path": {"type": "string"}
    }, "required": ["command"]}
    """
}
