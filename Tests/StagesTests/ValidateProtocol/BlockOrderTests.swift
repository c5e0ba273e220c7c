import Pipeline
import ProxyTesting
import Stages
import Testing

/// V12 and V13: numbers and overlap of blocks.
@Suite struct BlockOrderTests {
  func start(_ index: Int, _ block: String = #"{"type":"text","text":""}"#) -> (String, String) {
    ("content_block_start", #"{"type":"content_block_start","index":\#(index),"content_block":\#(block)}"#)
  }
  func tool(_ index: Int, id: String) -> (String, String) {
    start(index, #"{"type":"tool_use","id":"\#(id)","name":"Read","input":{}}"#)
  }
  func text(_ index: Int, _ text: String) -> (String, String) {
    (
      "content_block_delta",
      #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"text_delta","text":"\#(text)"}}"#
    )
  }
  func input(_ index: Int, _ json: String) -> (String, String) {
    (
      "content_block_delta",
      #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"input_json_delta","partial_json":\#(json.debugDescription)}}"#
    )
  }
  func stop(_ index: Int) -> (String, String) {
    ("content_block_stop", #"{"type":"content_block_stop","index":\#(index)}"#)
  }
  func stream(_ events: (String, String)...) -> AnthropicStream {
    events.reduce(AnthropicStream()) { $0.event($1.0, $1.1) }
  }

  // V12, regression 7: non-contiguous indexes crash the SDK.
  @Test(arguments: [[1, 2, 3], [0, 2, 7], [5, 3, 4], [-1, 0, 9]])
  func `renumbers blocks as they start`(indexes: [Int]) {
    let renumbered = stream(
      start(indexes[0]), text(indexes[0], "a"), stop(indexes[0]), start(indexes[1]), text(indexes[1], "b"),
      stop(indexes[1]), start(indexes[2]), text(indexes[2], "c"), stop(indexes[2])
    ).stop()
    let wrong = indexes.enumerated().count { $0.offset != $0.element }
    let validation = expectRepairs(renumbered, ["V12": wrong])
    #expect(
      validation.kinds
        == Validation(AnthropicStream().text("a").text("b").text("c").stop()).kinds)
    #expect(validation.data.joined().contains("\"index\":\(indexes[2])") == (indexes[2] <= 2))
  }

  // V12, regression 5: two tools sharing one index; regression 4: a second start for one call.
  @Test func `fails when two blocks share an index`() {
    expectFault(stream(tool(0, id: "a"), stop(0), tool(0, id: "b")), "V12", event: 4)
    expectFault(stream(tool(0, id: "a"), input(0, "{"), tool(0, id: "b")), "V12", event: 4)
    expectFault(stream(start(0), tool(1, id: "a"), tool(1, id: "b")), "V12", event: 4)
  }

  // V12
  @Test func `fails at a start without an index`() {
    let event = (
      "content_block_start",
      #"{"type":"content_block_start","index":"0","content_block":{"type":"text","text":""}}"#
    )
    expectFault(stream(event), "V12", event: 2, code: .malformedEvent)
  }

  // V13, regressions 2 and 3: overlapping blocks; text interleaved with tool arguments.
  @Test func `a block that starts too early waits for the one before`() {
    let overlapping = stream(
      start(0), text(0, "a"), tool(1, id: "x"), input(1, #"{"a":"#), text(0, "b"), input(1, "1}"), stop(0),
      stop(1)
    ).stop("tool_use")
    let ordered = stream(
      start(0), text(0, "a"), text(0, "b"), stop(0), tool(1, id: "x"), input(1, #"{"a":"#), input(1, "1}"),
      stop(1)
    ).stop("tool_use")
    let validation = expectRepairs(overlapping, ["V13": 1])
    #expect(validation.output == ordered.bytes)
  }

  // V13
  @Test func `any number of blocks may wait, and end in any order`() {
    let overlapping = stream(
      tool(0, id: "x"), tool(1, id: "y"), start(2), text(2, "t"), stop(2), input(1, #"{"b":2}"#), stop(1),
      input(0, #"{"a":1}"#), stop(0)
    ).stop("tool_use")
    let validation = expectRepairs(overlapping, ["V13": 2])
    let ordered = stream(
      tool(0, id: "x"), input(0, #"{"a":1}"#), stop(0), tool(1, id: "y"), input(1, #"{"b":2}"#), stop(1),
      start(2), text(2, "t"), stop(2)
    ).stop("tool_use")
    #expect(validation.output == ordered.bytes)
  }

  // V13
  @Test func `a block may go on after it has waited`() {
    let overlapping = stream(start(0), tool(1, id: "x"), text(0, "a"), stop(0), input(1, "{}"), stop(1))
    let ordered = stream(start(0), text(0, "a"), stop(0), tool(1, id: "x"), input(1, "{}"), stop(1))
    let validation = expectRepairs(overlapping.stop("tool_use"), ["V13": 1])
    #expect(validation.output == ordered.stop("tool_use").bytes)
  }

  // V13 with V25
  @Test func `blocks that were never ended are ended in order`() {
    let open = stream(start(0), text(0, "a"), tool(1, id: "x"), input(1, "{}"), stop(1)).stop("tool_use")
    let ordered = stream(start(0), text(0, "a"), stop(0), tool(1, id: "x"), input(1, "{}"), stop(1))
    let validation = expectRepairs(open, ["V13": 1, "V25": 1])
    #expect(validation.output == ordered.stop("tool_use").bytes)
  }

  // V13
  @Test func `fails when the earlier block cannot end`() {
    let open = stream(tool(0, id: "x"), input(0, "{"), tool(1, id: "y"), stop(1)).stop("tool_use")
    expectFault(open, "V13", event: 6)
  }

  // V13
  @Test func `fails when too much would have to wait`() {
    var flood = stream(start(0), start(1))
    let piece = String(repeating: "x", count: 400_000)
    for _ in 0..<12 { flood = flood.event(text(1, piece).0, text(1, piece).1) }
    #expect(Validation(flood).failure?.rule == "V13")
    var many = stream(start(0))
    for index in 1...300 { many = many.event(start(index).0, start(index).1) }
    #expect(Validation(many).failure?.rule == "V13")
  }

  @Test func `a fault in a block that waited names its own event`() {
    let overlapping = stream(start(0), tool(1, id: "x"), text(1, "bad"), text(0, "a"), stop(0))
    expectFault(overlapping, "V16", event: 4)
  }

  @Test func `pings pass while blocks wait`() {
    let overlapping = stream(start(0), tool(1, id: "x")).ping()
    #expect(Validation(overlapping).kinds.last == .ping)
  }
}
