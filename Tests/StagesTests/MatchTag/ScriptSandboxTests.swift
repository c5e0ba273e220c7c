import Pipeline
import Stages
import Testing

/// Scripts that try to get out, or to stay.
@Suite(.timeLimit(.minutes(1))) struct ScriptSandboxTests {
  @Test(arguments: [
    "os", "io", "require", "package", "debug", "coroutine", "load", "loadstring", "loadfile", "dofile",
    "collectgarbage", "print", "warn", "xpcall", "string.dump", "string.pack", "math.randomseed",
  ])
  func `nothing outside is within reach`(name: String) async throws {
    #expect(try await TagFixture.run("return \(name) == nil").matches == 1)
  }

  @Test func `the globals are the listed ones and no others`() async throws {
    let expected = """
      _G _VERSION assert error getmetatable ipairs math next pairs pcall rawequal rawget rawlen rawset request \
      select setmetatable string table tonumber tostring type utf8
      """
    let source = """
      local names = {}
      for name in pairs(_G) do names[#names + 1] = name end
      table.sort(names)
      local found = table.concat(names, ' ')
      if found == '\(expected)' then return true end
      error(found)
      """
    let counts = try await TagFixture.run(source)
    #expect(counts.matches == 1, "\(counts)")
  }

  @Test func `the metatable of strings is out of reach`() async throws {
    #expect(try await TagFixture.run("return getmetatable('') == false").matches == 1)
    #expect(try await TagFixture.run("getmetatable('').__index = {}").failures == 1)
    #expect(try await TagFixture.run("setmetatable('', {})").failures == 1)
  }

  @Test(arguments: [
    // Plain loops, and loops that catch the error that stops them.
    "while true do end", "repeat pcall(function() while true do end end) until false",
    "return not pcall(function() while true do end end)", "return pcall(function() while true do end end)",
    "local function f() return f() end f()",
    "local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end",
    "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    // Patterns.
    "return ('a'):rep(20000):find('(.-)(.-)(.-)(.-)b')",
    "return ('a'):rep(30):match(('a?'):rep(30) .. ('a'):rep(31))",
    "return ('a'):rep(1 << 18):gsub('.*.*b', '')",
    "for _ in ('a'):rep(1 << 18):gmatch('(a-)(a-)(a-)b') do end",
    "return ('('):rep(1 << 18):find('%b()')",
    "return ('a'):rep(1 << 20):find(('a'):rep(1 << 19) .. 'b', 1, true)",
    "return ('a'):rep(1 << 16):find('(a*)%1b')",
    // Library functions that loop without running an instruction.
    "table.concat(setmetatable({}, {__index = tostring, __tostring = table.concat}), '', 1, 1 << 60)",
    "local t = {} for i = 1, 2000 do t[i] = ('x'):rep(1 << 20) end",
    """
    local a, b, t = ('x'):rep(1 << 20) .. 'a', ('x'):rep(1 << 20) .. 'b', {}
    for i = 1, 20000 do t[i] = i % 2 == 0 and a or b end
    table.sort(t)
    """,
    // Expensive single instructions.
    "local a, b = ('x'):rep(1 << 21) .. 'a', ('x'):rep(1 << 21) .. 'b' while true do local c = a < b end",
    "local a = ('x'):rep(1 << 21) while true do local c = a .. 'x' end",
    // Memory.
    "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", "return ('x'):rep(1 << 40)",
    "local s = 'x' while true do s = s .. s end", "local function f() return 1 + f() end f()",
    // Depth.
    "local function f() return ('a'):gsub('a', f) end f()", "return ('a'):find(('('):rep(10000))",
    "return ('a'):rep(5000):find(('a?'):rep(5000))",
    "local t = {} for i = 1, 100001 do t[i] = i end table.insert(t, 1, 0)",
    // Shifts as long as the table claims to be, and finalizers, which nothing could stop.
    "table.insert(setmetatable({}, {__len = function() return 1 << 60 end}), 1, 1)",
    "table.remove(setmetatable({}, {__len = function() return 1 << 60 end}), 1)",
    "table.move({}, 1, 1 << 60, 2)",
    "setmetatable({}, {__gc = function() while true do end end})",
  ])
  func `a script that would not end, or holds too much, is stopped`(source: String) async throws {
    let bounded = try await TagFixture.run(source, limits: ScriptLimits())
    #expect(bounded.failures == 1, "\(bounded)")
    // Without a limit of instructions, time has to do.
    var limits = ScriptLimits()
    limits.instructions = .max
    let timed = try await TagFixture.run(source, limits: limits)
    #expect(timed.failures == 1, "\(timed)")
  }

  @Test func `each limit is told apart`() async throws {
    var endless = TagFixture.patient
    #expect(
      try await TagFixture.run("local x\nwhile true do end", limits: endless).lastFailure
        == "script.lua:2: it needs too many instructions")
    endless.instructions = .max
    #expect(
      try await TagFixture.run("local s = 'x' while true do s = s .. s end", limits: endless).lastFailure
        == "script.lua: not enough memory")
    endless.time = .milliseconds(5)
    #expect(
      try await TagFixture.run("while true do end", limits: endless).lastFailure
        == "script.lua:1: it runs too long")
    #expect(
      try await TagFixture.run("return pcall(function() while true do end end)", limits: endless).lastFailure
        == "script.lua: it runs too long")
    endless.memoryBytes = 1_000
    let error = #expect(throws: TagRuleError.self) {
      try MatchTag(rules: [TagRule(name: "r", tag: "t", condition: TagFixture.script(""))], limits: endless)
    }
    #expect(error?.detail == "script.lua: not enough memory")
  }

  @Test func `a few instructions that copy much do not outlast the time`() async throws {
    var limits = TagFixture.patient
    limits.time = .microseconds(100)
    let source =
      "local a, b = ('x'):rep(1 << 10):rep(1 << 11)\n" + String(repeating: "b = a .. 1\n", count: 20)
      + "return true"
    let counts = try await TagFixture.run(source, limits: limits)
    #expect(counts.lastFailure?.hasSuffix("it runs too long") == true, "\(counts)")
  }

  @Test(arguments: [
    "return ('ab'):rep(3, '-') == 'ab-ab-ab'", "return (''):rep(1 << 62) == ''", "return ('x'):rep(-1) == ''",
    "local t = {3, 1, 2} table.sort(t) return table.concat(t, ',') == '1,2,3'",
    "local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return table.concat(t) == '321'",
    "local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) return table.concat(t) == '0123'",
    "local t = {1, 2, 3} return table.remove(t, 1) == 1 and table.remove(t) == 3 and #t == 1",
    "return table.concat(table.move({1, 2, 3}, 2, 3, 1)) == '233'",
    "local t = setmetatable({}, {__index = {x = 1}}) return t.x == 1 and getmetatable(t) ~= nil",
    "return select('#', pcall(error)) == 2", "return utf8.len('é') == 1 and math.floor(1.5) == 1",
    "local ok, text = pcall(error, 'caught', 0) return not ok and text == 'caught'",
  ])
  func `what is guarded works as in Lua`(source: String) async throws {
    let counts = try await TagFixture.run(source)
    #expect(counts.matches == 1, "\(counts)")
  }
}
