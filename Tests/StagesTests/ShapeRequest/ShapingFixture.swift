import HTTPTypes
import Pipeline
import Stages

/// Requests as the shaping tests write them down.
enum ShapingFixture {
  /// A messages request with the given body and the facts shaping needs.
  static func request(
    _ body: String = #"{"model":"claude-opus-5","stream":true}"#, fields: HTTPFields = [:],
    path: String = "/v1/messages", query: String? = nil, change: (inout RequestFacts) -> Void = { _ in }
  ) throws -> TaggedRequest {
    // Not at index 0, so that a range counted from the start of the slice is noticed.
    let bytes = Bytes(utf8: "skip" + body).dropFirst(4)
    let request = ClientRequest(method: .post, path: path, query: query, fields: fields, body: bytes)
    var facts = try facts(of: bytes)
    change(&facts)
    return TaggedRequest(request: request, facts: facts)
  }

  static func facts(of body: Bytes) throws(JSONError) -> RequestFacts {
    try body.readJSON { json throws(JSONError) in
      var facts = RequestFacts()
      facts.kind = .messages
      facts.isStreamed = true
      try json.beginObject()
      while let key = try json.nextKey() {
        let name = json.decode(key)
        let kind = try json.peek()
        let start = json.position
        if name == "model", kind == .string {
          facts.model = json.decode(try json.string())
        } else {
          try json.skipValue()
        }
        facts.fields.append(
          RequestFacts.Field(
            key: name, keyRange: key.range.lowerBound - 1..<key.range.upperBound + 1,
            valueRange: start..<json.position))
      }
      try json.end()
      return facts
    }
  }

  static func endpoint(
    _ url: String = "https://models.example", _ credential: Endpoint.Credential = .none,
    parameters: [Endpoint.Override] = [], headers: [Endpoint.Override] = []
  ) -> Endpoint {
    var endpoint = Endpoint(name: "e", url: url)
    endpoint.credential = credential
    endpoint.parameterOverrides = parameters
    endpoint.headerOverrides = headers
    return endpoint
  }

  static func shape(
    _ tagged: TaggedRequest, for endpoint: Endpoint, clientToken: String? = nil
  ) throws -> ShapedRequest {
    try ShapeRequest(clientToken: clientToken.map { Secret($0) }).shape(tagged, for: endpoint).request()
  }

  static func fields(_ pairs: [(String, String)]) -> HTTPFields {
    HTTPFields(
      pairs.compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } })
  }

  /// As the wire would show them: `Name: value`.
  static func lines(_ fields: HTTPFields) -> [String] {
    fields.map { "\($0.name.rawName): \($0.value)" }
  }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct ShapingGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Shaping {
  /// The request for the endpoint; fails the test where nothing is to be asked.
  func request() throws -> ShapedRequest {
    guard case .send(let request) = self else { throw ShapedLocally() }
    return request
  }

  private struct ShapedLocally: Error {}
}
