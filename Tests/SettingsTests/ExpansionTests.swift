import Pipeline
import Settings
import Stages
import Testing

@Suite struct ExpansionTests {
  private func host(_ written: String, _ environment: [String: String]) throws -> String {
    try load(
      "endpoints: [{name: a, endpoint_type: demo}]\nserver:\n  host: \(written)\n  auth_token: t", environment
    )
    .settings.server.host
  }

  @Test(arguments: [
    ("\"${A}\"", "one"), ("\"x${A}y${B}z\"", "xoneytwoz"), ("\"${NONE:three}\"", "three"),
    ("\"${A:three}\"", "one"), ("\"${NONE:}x\"", "x"), ("\"${NONE:a:b}\"", "a:b"), ("\"$${A}\"", "${A}"),
    ("\"$A $ {\"", "$A $ {"), ("\"${NESTED}\"", "${A}"), ("\"${SET_EMPTY:x}y\"", "y"), ("${A}", "one"),
    ("\"${A}$${A}${A}\"", "one${A}one"),
  ])
  func `variables are replaced anywhere in a scalar, once`(_ written: String, _ meant: String) throws {
    let environment = ["A": "one", "B": "two", "NESTED": "${A}", "SET_EMPTY": ""]
    #expect(try host(written, environment) == meant)
  }

  @Test func `numbers, booleans and durations may come from variables`() throws {
    let settings = try load(
      """
      endpoints: [{name: a, endpoint_type: demo, enabled: "${ON}"}]
      server: {port: "${PORT:9000}", header_timeout: "${TIME}"}
      """, ["ON": "true", "TIME": "3s"]
    ).settings
    #expect(settings.server.port == 9000)
    #expect(settings.server.headerTimeout == .seconds(3))
    #expect(settings.endpoints.map(\.isEnabled) == [true])
  }

  @Test func `a value cannot add keys, lists or types`() throws {
    let evil = "a\nport: 1 # {x: [y]} ${HOME} \"'"
    #expect(try host("\"${EVIL}\"", ["EVIL": evil]) == evil)
    #expect(try host("${EVIL}", ["EVIL": "null"]) == "null")
  }

  @Test func `all missing variables are reported, with the default shells would take`() {
    #expect(
      diagnostics(
        "endpoints: [{name: \"${ONE}${TWO}\", endpoint_type: demo}]\nserver: {host: \"${THREE:-127.0.0.1}\"}")
        == [
          "config.yaml:1:14: endpoints[0].name: the environment variable ONE is not set; set it or write ${ONE:default}",
          "config.yaml:1:14: endpoints[0].name: the environment variable TWO is not set; set it or write ${TWO:default}",
          "config.yaml:2:10: server.host: the default of ${THREE} starts with \"-\""
            + " (here the form is ${THREE:default}, no \"-\")",
        ])
  }
}
