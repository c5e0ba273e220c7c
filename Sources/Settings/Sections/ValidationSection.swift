extension Settings {
  /// What is mended in answers beyond the rules of the protocol.
  package struct Validation: Sendable, Equatable {
    /// Tool input written as a Python literal, turned into JSON.
    package struct PythonJSONFixing: Sendable, Equatable {
      package var isEnabled = true
      /// Names of the tools whose input is mended.
      package var targetTools = ["TodoWrite"]
      package var debugLogging = false
      /// Tries at one input before it is left as it is.
      package var maxAttempts = 3

      package init() {}
    }

    package var pythonJSONFixing = PythonJSONFixing()

    package init() {}
  }
}

extension Settings.Validation {
  init(_ map: Mapping) {
    pythonJSONFixing = map["python_json_fixing"]?.mapping(PythonJSONFixing.init) ?? pythonJSONFixing
    for key in ["strict_anthropic_format", "validate_streaming", "disconnect_on_invalid"] {
      map.ignore(key, because: "every answer is always validated while it streams")
    }
  }

  func outline(_ out: inout Outline) {
    out.section("python_json_fixing") { out in
      out.plain("enabled", pythonJSONFixing.isEnabled)
      out.texts("target_tools", pythonJSONFixing.targetTools)
      out.plain("debug_logging", pythonJSONFixing.debugLogging)
      out.plain("max_attempts", pythonJSONFixing.maxAttempts)
    }
  }
}

extension Settings.Validation.PythonJSONFixing {
  init(_ map: Mapping) {
    isEnabled = map["enabled"]?.boolean() ?? isEnabled
    targetTools = map["target_tools"]?.texts() ?? targetTools
    debugLogging = map["debug_logging"]?.boolean() ?? debugLogging
    maxAttempts = map["max_attempts"]?.integer(in: 1...100) ?? maxAttempts
  }
}
