extension Settings {
  /// Writes `defaultFileText` to a new file of mode 0600, whole or not at all; never over an existing one.
  package static func writeDefault(to file: String) throws(SettingsError) {
    do throws(FileFault) {
      try SettingsFile.create(file, Array(defaultFileText.utf8))
    } catch {
      throw SettingsError(diagnostics: [
        Diagnostic(
          severity: .error, file: file, path: "", message: "the file cannot be created: \(error.reason)")
      ])
    }
  }

  /// The commented configuration a first start writes.
  ///
  /// It loads without a diagnostic. A `#` that is not followed by exactly one space hides an example; with all
  /// of those deleted it loads without a diagnostic too.
  package static let defaultFileText = """
    # Claude Code Companion
    #
    # A change takes effect as soon as this file is saved; running answers finish as they began.
    # `claude-code-companion check` says what is wrong with it.
    # ${NAME} and ${NAME:default} stand for environment variables. Durations are written 500ms, 10s, 1m30s.

    server:
      host: 127.0.0.1
      port: 8080
      # What a client has to send as x-api-key or bearer token. Needed when host is not this machine only.
      #auth_token: ${COMPANION_TOKEN}

    # Where requests go: a smaller priority is asked first, the next one when it fails.
    endpoints:
      # Anthropic, with an API key. Delete the # and set the variable to use it.
      #- name: anthropic
      #  url: https://api.anthropic.com
      #  auth_type: api_key
      #  auth_value: ${ANTHROPIC_API_KEY}
      #  priority: 1

      # Another service that speaks the Anthropic Messages API. auth_token is sent as a bearer token.
      #- name: third-party
      #  url: https://api.example.com/anthropic
      #  auth_type: auth_token
      #  auth_value: ${THIRD_PARTY_TOKEN}
      #  priority: 2
      #  model_rewrite:
      #    enabled: true
      #    rules:
      #      - source_pattern: claude-*
      #        target_model: their-model-name

      # A model behind an OpenAI-compatible API, by the name of its provider (see the README): where it is and
      # what it wants is known. Without a provider, url and auth_type are needed, and it is guessed from the host.
      #- name: deepseek
      #  provider: deepseek
      #  auth_value: ${DEEPSEEK_API_KEY}
      #  priority: 3
      #  model_rewrite:
      #    enabled: true
      #    rules:
      #      - source_pattern: "*"
      #        target_model: deepseek-chat

      # The last resort: answers within this process, says that the proxy works and what to do next.
      - name: demo
        endpoint_type: demo
        priority: 100

    # What happens when an endpoint fails. Without these lines: the values that are described in the README.
    #failover:
    #  # Text that is cut is carried on by the next endpoint within the same message; it costs the prompt once more.
    #  resume: text
    #  # Without content for so long the next endpoint is asked too.
    #  hedge_after: 20s

    # Tags bind requests to endpoints: a tagged request goes to endpoints that list all its tags first.
    tagging:
      enabled: false
      taggers:
        # Requests that think hard. Give an endpoint `tags: [thinking]` to receive them.
        #- name: hard-thinking
        #  type: builtin
        #  builtin_type: thinking
        #  tag: thinking
        #  config:
        #    min_budget_tokens: 10000

    logging:
      # debug, info, warn or error; written as text or json
      level: info
      format: text
      # The journal: every request with its attempts, read by `claude-code-companion logs`.
      log_directory: ./logs
      # failed, success or all
      log_request_types: all
      # none, truncated or full
      log_request_body: truncated
      log_response_body: truncated
      retention_days: 30

    web_admin:
      enabled: true

    i18n:
      default_language: en

    """
}
