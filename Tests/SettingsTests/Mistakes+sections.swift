/// A usable last endpoint, so that a mistake elsewhere is the only thing to tell.
let demo = "endpoints: [{name: demo, endpoint_type: demo}]\n"

extension Mistake {
  static let sections = [
    Mistake(
      "unknown section", demo + "sever: {}", "2:1: sever: unknown key (did you mean \"server\"?)"),
    Mistake("unknown section like no other", demo + "quux: 1", "2:1: quux: unknown key"),
    Mistake(
      "unknown key", demo + "server:\n  prot: 80", "3:3: server.prot: unknown key (did you mean \"port\"?)"),
    Mistake(
      "swapped letters", demo + "server: {hsot: a}", "2:10: server.hsot: unknown key (did you mean \"host\"?)"
    ),
    Mistake(
      "section is a list", demo + "server: [a]", "2:1: server: expected a mapping, found a list"),
    Mistake(
      "section is a word", demo + "server: on", "2:1: server: expected a mapping, found \"on\""),
    Mistake(
      "port is a word", demo + "server: {port: high}",
      "2:10: server.port: expected a whole number from 0 to 65535, found \"high\""),
    Mistake(
      "port too high", demo + "server: {port: 70000}",
      "2:10: server.port: expected a whole number from 0 to 65535, found \"70000\""),
    Mistake(
      "port with a fraction", demo + "server: {port: 80.5}",
      "2:10: server.port: expected a whole number from 0 to 65535, found \"80.5\""),
    Mistake(
      "port from an empty variable", demo + "server: {port: \"${EMPTY}\"}",
      "2:10: server.port: expected a whole number from 0 to 65535, found the value of \"${EMPTY}\""),
    Mistake(
      "port from a wrong variable", demo + "server: {port: \"${WORD:8080}\"}",
      "2:10: server.port: expected a whole number from 0 to 65535, found the value of \"${WORD}\""),
    Mistake(
      "host is a list", demo + "server: {host: [a]}", "2:10: server.host: expected a text, found a list"),
    Mistake(
      "size without sense", demo + "server: {body_limit: big}",
      "2:10: server.body_limit: expected a size such as 65536, 64MiB or 2GB, found \"big\""),
    Mistake(
      "size out of range", demo + "server: {body_limit: 9999999999GiB}",
      "2:10: server.body_limit: expected a size from 1024 to 1099511627776 bytes, found \"9999999999GiB\""),
    Mistake(
      "duration without sense", demo + "timeouts: {tls_handshake: soon}",
      "2:12: timeouts.tls_handshake: expected a duration such as 10s, 1m30s or 500ms, found \"soon\""),
    Mistake(
      "duration with an unknown unit", demo + "timeouts: {response_header: 5 minutes}",
      "2:12: timeouts.response_header: expected a duration such as 10s, 1m30s or 500ms, found \"5 minutes\""),
    Mistake(
      "negative duration", demo + "timeouts: {idle_connection: -5s}",
      "2:12: timeouts.idle_connection: expected a duration such as 10s, 1m30s or 500ms, found \"-5s\""),
    Mistake(
      "number that is rather milliseconds", demo + "timeouts: {response_header: 60000}",
      "2:12: timeouts.response_header: expected a duration with a unit, found \"60000\""
        + " (write 60000s or 60000ms)"),
    Mistake(
      "duration longer than a year", demo + "timeouts: {progress: 9000h}",
      "2:12: timeouts.progress: expected a duration from 0s to 8760h, found \"9000h\""),
    Mistake(
      "rule without an action", demo + "failover: {rules: [{status: 400}]}",
      "2:20: failover.rules[0].action: missing: expected retry, switch, bench or pass_through"),
    Mistake(
      "rule without a condition", demo + "failover: {rules: [{action: retry}]}",
      "2:20: failover.rules[0].status: missing: expected a condition: status, error_type, body or endpoint"),
    Mistake(
      "rule with a broken expression", demo + "failover: {rules: [{action: retry, body: '(a'}]}",
      "2:36: failover.rules[0].body: expected a regular expression, found \"(a\""),
    Mistake(
      "rule with no status", demo + "failover: {rules: [{action: retry, status: 9xx}]}",
      "2:36: failover.rules[0].status: expected an HTTP status such as 400, 5xx or 500-504, found \"9xx\""),
    Mistake(
      "rule with a time for nothing", demo + "failover: {rules: [{action: retry, for: 1m, body: a}]}",
      "2:36: failover.rules[0].for: only the action bench has a time"),
    Mistake(
      "threshold of none", demo + "timeouts: {recovery_threshold: 0}",
      "2:12: timeouts.recovery_threshold: expected a whole number from 1 to 1000, found \"0\""),
    Mistake(
      "older timeouts with a typing error", demo + "timeouts: {proxy: {tls_handshak: 5s}}",
      "2:20: timeouts.proxy.tls_handshak: unknown key (did you mean \"tls_handshake\"?)"),
    Mistake(
      "unknown strategy", demo + "selection: {strategy: round-robin}",
      "2:13: selection.strategy: expected one of priority, round_robin, weighted, least_latency,"
        + " found \"round-robin\" (did you mean \"round_robin\"?)"),
    Mistake(
      "boolean that is none", demo + "selection: {session_affinity: perhaps}",
      "2:13: selection.session_affinity: expected true or false, found \"perhaps\""),
    Mistake(
      "unknown commit mode", demo + "failover: {commit: first}",
      "2:12: failover.commit: expected one of first_content, complete, found \"first\""),
    Mistake(
      "no tries", demo + "failover: {tries_per_endpoint: 0}",
      "2:12: failover.tries_per_endpoint: expected a whole number from 1 to 100, found \"0\""),
    Mistake(
      "unknown level", demo + "logging: {level: warning}",
      "2:11: logging.level: expected one of debug, info, warn, error, found \"warning\""),
    Mistake(
      "unknown body policy", demo + "logging: {log_request_body: truncate}",
      "2:11: logging.log_request_body: expected one of none, truncated, full, found \"truncate\""
        + " (did you mean \"truncated\"?)"),
    Mistake(
      "unknown request types", demo + "logging: {log_request_types: fail}",
      "2:11: logging.log_request_types: expected one of failed, success, all, found \"fail\""),
    Mistake(
      "unknown language", demo + "i18n: {default_language: fr}",
      "2:8: i18n.default_language: expected one of zh-cn, en, de, es, it, ja, ko, pt, ru, found \"fr\""),
    Mistake(
      "web_admin is a boolean", demo + "web_admin: true", "2:1: web_admin: expected a mapping, found \"true\""
    ),
    Mistake(
      "certificate without a key", demo + "server: {tls: {certificate: a.pem}}",
      "2:10: server.tls.key: missing: expected the path of its private key in PEM"),
    Mistake(
      "key without a certificate", demo + "server: {tls: {key: a.pem}}",
      "2:10: server.tls.certificate: missing: expected the path of a certificate in PEM"),
    Mistake(
      "host with a port", demo + "web_admin: {allowed_hosts: [\"a.test:80\"]}",
      "2:29: web_admin.allowed_hosts[0]: expected the name of a host, without scheme and port, found \"a.test:80\""
    ),
    Mistake(
      "host with a wildcard", demo + "web_admin: {allowed_hosts: [\"*.test\"]}",
      "2:29: web_admin.allowed_hosts[0]: expected the name of a host, without scheme and port, found \"*.test\""
        + " (name each host)"),
    Mistake(
      "metrics is a list", demo + "web_admin: {metrics: []}",
      "2:13: web_admin.metrics: expected a text, found a list"),
    Mistake(
      "price without a model", demo + "prices: [{input: 1, output: 2}]",
      "2:10: prices[0].model: missing: expected a model name, with * and ? as wildcards"),
    Mistake(
      "price without output", demo + "prices: [{model: a, input: 1}]",
      "2:10: prices[0].output: missing: expected USD for a million tokens, 0 or more"),
    Mistake(
      "negative price", demo + "prices: [{model: a, input: -1, output: 2}]",
      "2:21: prices[0].input: expected USD for a million tokens, 0 or more, found \"-1\""),
    Mistake(
      "price with a currency", demo + "prices: [{model: a, input: 1, output: 2, cache_read: $1}]",
      "2:42: prices[0].cache_read: expected USD for a million tokens, 0 or more, found \"$1\""),
    Mistake(
      "unknown part of a price", demo + "prices: [{model: a, input: 1, output: 2, cache_reads: 1}]",
      "2:42: prices[0].cache_reads: unknown key (did you mean \"cache_read\"?)"),
    Mistake(
      "tools are no list", demo + "validation: {python_json_fixing: {target_tools: TodoWrite}}",
      "2:35: validation.python_json_fixing.target_tools: expected a list, found \"TodoWrite\""),
    Mistake(
      "variable that is not set", demo + "server: {host: \"${HOST_NAME}\"}",
      "2:10: server.host: the environment variable HOST_NAME is not set;"
        + " set it or write ${HOST_NAME:default}"),
    Mistake(
      "variable without a name", demo + "server: {host: \"${}\"}",
      "2:10: server.host: expected ${NAME} or ${NAME:default}; a plain \"${\" is written \"$${\""),
    Mistake(
      "variable without an end", demo + "server: {host: \"${HOST\"}",
      "2:10: server.host: expected ${NAME} or ${NAME:default}; a plain \"${\" is written \"$${\""),
  ]
}
