import Settings
import Testing

@Suite struct SettingValueTests {
  @Test(arguments: [
    "null", "true", "[1,-2,0.5,1e+30,\"a\"]", #"{"b":1,"a":{"z":[],"y":{}}}"#, #""\"\\\n\u0001é日""#,
  ])
  func `JSON is read and written with its order kept`(_ json: String) throws {
    let value = try SettingValue(json: ArraySlice(json.utf8))
    #expect(try SettingValue(json: ArraySlice(value.json.utf8)) == value)
    if !json.contains("e+") { #expect(value.json == json) }
  }

  @Test(arguments: ["", "{", "[1,]", "1 2", #"{"a"}"#, "nul", "'a'"])
  func `what is no JSON is refused`(_ json: String) {
    #expect(throws: (any Error).self) { _ = try SettingValue(json: ArraySlice(json.utf8)) }
  }

  @Test func `a whole number is the same however it is written, and huge ones stay finite`() throws {
    #expect(try SettingValue(json: ArraySlice("[1.0,1e0,1]".utf8)) == .list([.int(1), .int(1), .int(1)]))
    #expect(try SettingValue(json: ArraySlice("1e999".utf8)).json == "\"inf\"")
    #expect(try SettingsEditor(text: "a: 1.0\n").shown(at: SettingPath("a")) == .int(1))
  }

  @Test func `order of keys does not count, that of elements does`() {
    #expect(SettingValue.map(["a": .int(1), "b": .null]) == .map(["b": .null, "a": .int(1)]))
    #expect(SettingValue.map(["a": .int(1)]) != .map(["a": .int(1), "b": .null]))
    #expect(SettingValue.list([.int(1), .int(2)]) != .list([.int(2), .int(1)]))
  }

  @Test func `scalars of YAML are what the configuration takes them for`() throws {
    let text =
      "[1, 007, 0x1F, 1_000, 1.50, .5, .inf, yes, Off, True, FALSE, ~, null, 'null', \"1\", 2020-01-01, +5, -5]\n"
    let shown = try SettingsEditor(text: "a: \(text)").shown(at: SettingPath("a"))
    #expect(
      shown?.json
        == #"[1,"007","0x1F","1_000",1.5,".5",".inf","yes","Off",true,false,null,null,"null","1","2020-01-01","+5",-5]"#
    )
  }

  @Test func `merge keys are taken in, own keys first`() throws {
    let text = "x: &x {a: 1, b: {c: 1}}\ny: &y {a: 2, d: 3}\nz: {<<: [*x, *y], b: 5}\n"
    let shown = try SettingsEditor(text: text).shown(at: SettingPath("z"))
    #expect(shown == .map(["a": .int(1), "b": .int(5), "d": .int(3)]))
  }
}
