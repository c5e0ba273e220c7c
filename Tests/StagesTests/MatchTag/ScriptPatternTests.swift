import CLuaSystem
import Pipeline
import Stages
import Testing

/// The bounded pattern functions against Lua's own.
@Suite(.timeLimit(.minutes(5))) struct ScriptPatternTests {
  /// Prints what the four functions make of many random patterns; in the sandbox, compares it with the model's
  /// name, which is where the test puts what Lua itself printed.
  static let experiment = #"""
    local seed = SEED
    local function random(n)
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed // 65536 % n + 1
    end
    local atoms = {
      'a', 'b', '.', '%a', '%d', '%s', '%w', '%S', '%p', '%x', '%%', '%.', '[ab]', '[^a]', '[a-c1-3]', '[%d%-]',
      '[]]', '[^]a]', '[a-]', '%b()', '%bab', '%f[%w]', '%f[^a]', '()', '(', ')', '%1', '%2', '^', '$', '(a', 'b)',
      '(.-)', '(%w*)', '-', '*', '+', '?', '[', '%', '[a', '%f', '%b', '[%', ' ', '1', ']', '\0', 'é', '%é', '[é-ü]',
    }
    local letters = { 'a', 'b', 'c', '1', '2', ' ', '(', ')', '-', '.', 'A', ']', '%', '\0', 'é', 'ab', '$', '^' }
    local function pick(list, most)
      local parts = {}
      for i = 1, random(most + 1) - 1 do
        parts[i] = list[random(#list)]
        if list == atoms and random(3) == 1 then parts[i] = parts[i] .. ({ '*', '+', '-', '?' })[random(4)] end
      end
      return table.concat(parts)
    end
    local replacements = { '<%0>', '%1', '%%', '[%2]', '%9', '%', '%x', { a = 'x', ab = false, b = 1 }, 7,
      function(first) return first and first ~= 'b' and '{' .. tostring(first) .. '}' end, function() return {} end }
    local out = {}
    local function show(ok, ...)
      local values = { tostring(ok) }
      if ok then
        for i = 1, select('#', ...) do values[i + 1] = tostring((select(i, ...))) end
      end
      out[#out + 1] = table.concat(values, ',')
    end
    for round = 1, 4000 do
      local subject, pattern = pick(letters, 12), pick(atoms, 5)
      local init = random(9) - 5
      out[#out + 1] = '#' .. round .. ' ' .. subject .. ' / ' .. pattern .. ' / ' .. init
      show(pcall(string.find, subject, pattern, init))
      show(pcall(string.find, subject, pattern, init, true))
      show(pcall(string.match, subject, pattern, init))
      show(pcall(string.gsub, subject, pattern, replacements[random(#replacements)], random(4) < 4 and 9 or 1))
      show(pcall(function()
        local all = {}
        for a, b in string.gmatch(subject, pattern, init) do all[#all + 1] = tostring(a) .. '|' .. tostring(b) end
        return table.concat(all, ';')
      end))
    end
    local raw, ascii = table.concat(out, '\n'), {}
    for i = 1, #raw do
      local byte = raw:byte(i)
      ascii[i] = (byte == 10 or byte >= 32 and byte < 127) and string.char(byte) or '\\' .. byte
    end
    local mine = table.concat(ascii)
    if not request then return mine end
    if mine == request.model then return true end
    for i = 1, #mine do
      if mine:byte(i) ~= request.model:byte(i) then
        error(mine:sub(i - 150, i + 60) .. '\n  Lua: ' .. request.model:sub(i - 20, i + 60), 0)
      end
    end
    """#

  @Test(arguments: [1, 2, 3]) func `random patterns give what Lua's own functions give`(seed: Int)
    async throws
  {
    let source = "local SEED = \(seed)\n" + Self.experiment
    let expected = try #require(evaluateWithLua(source))
    #expect(expected.utf8.count > 100_000)
    var limits = ScriptLimits()
    limits.memoryBytes = 256 * 1024 * 1024
    limits.instructions = .max
    limits.time = .seconds(240)
    let request = TagFixture.request(#"{"model":\#(expected.jsonQuoted)}"#)
    let counts = try await TagFixture.run(source, limits: limits, request)
    #expect(counts.matches == 1, "\(counts.lastFailure ?? "no match")")
  }

  /// Runs a chunk in plain Lua with all its libraries and returns its result.
  func evaluateWithLua(_ source: String) -> String? {
    guard let lua = unsafe luaL_newstate() else { return nil }
    defer { unsafe lua_close(lua) }
    unsafe luaL_openlibs(lua)
    guard unsafe luaL_loadstring(lua, source) == LUA_OK, unsafe lua_pcallk(lua, 0, 1, 0, 0, nil) == LUA_OK,
      let text = unsafe lua_tolstring(lua, -1, nil)
    else { return nil }
    return unsafe String(cString: text)
  }
}
