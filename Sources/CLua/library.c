// The library a script sees: what is listed here and nothing else.
//
// Hooks cannot interrupt a library function in the middle. So each one that a script could keep busy without
// calling anything gets a guard here, and pattern matching is done by our own functions.
#include "internal.h"

enum { longestShift = 100000 };

// Calls the function that the guard stands for with the guard's arguments.
static int callGuarded(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

// A finalizer would run with hooks turned off, so an endless one could not be stopped.
static int setMetatable(lua_State *L) {
  if (lua_istable(L, 2)) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not available");
    lua_pop(L, 1);
  }
  return callGuarded(L);
}

// Repeating nothing costs no memory, so the memory limit would not end it.
static int repeatString(lua_State *L) {
  size_t length, separator = 0;
  luaL_checklstring(L, 1, &length);
  luaL_optlstring(L, 3, "", &separator);
  if (length + separator > 0) return callGuarded(L);
  luaL_checkinteger(L, 2);
  lua_pushliteral(L, "");
  return 1;
}

// table.insert and table.remove shift as many elements as the table claims to have. A metatable can claim any
// number, and the length of a sparse table may be any of its borders.
static int shiftElements(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (lua_getmetatable(L, 1)) return luaL_argerror(L, 1, "a table without metatable expected");
  if (lua_rawlen(L, 1) > longestShift) return luaL_argerror(L, 1, "too many elements");
  return callGuarded(L);
}

static int moveElements(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
  if (last >= first && (lua_Unsigned)last - (lua_Unsigned)first > longestShift)
    return luaL_argerror(L, 3, "too many elements");
  return callGuarded(L);
}

static int isLess(lua_State *L) {
  lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
  return 1;
}

// Without a function to call for each comparison, sorting long strings could not be interrupted.
static int sortElements(lua_State *L) {
  lua_settop(L, 2);
  if (lua_isnil(L, 2)) {
    lua_pushcfunction(L, isLess);
    lua_replace(L, 2);
  }
  return callGuarded(L);
}

typedef struct Guard {
  const char *name;
  lua_CFunction function;
} Guard;

// Puts guards in front of functions of the table at the top of the stack.
static void guard(lua_State *L, const Guard *guards) {
  for (; guards->name != NULL; guards++) {
    lua_getfield(L, -1, guards->name);
    lua_pushcclosure(L, guards->function, 1);
    lua_setfield(L, -2, guards->name);
  }
}

static void drop(lua_State *L, const char *const *names) {
  for (; *names != NULL; names++) {
    lua_pushnil(L);
    lua_setfield(L, -2, *names);
  }
}

// Copies what is harmless of the base library into the environment at the top of the stack. Missing on purpose:
// xpcall, whose handler runs with hooks turned off; load, loadfile, dofile, require, collectgarbage, print, warn.
static void addBase(lua_State *L) {
  static const char *const names[] = {
      "assert",   "error",  "getmetatable", "ipairs",       "next",     "pairs",    "pcall", "rawequal", "rawget",
      "rawlen",   "rawset", "select",       "setmetatable", "tonumber", "tostring", "type",  "_VERSION", NULL,
  };
  static const Guard guards[] = {{"setmetatable", setMetatable}, {NULL, NULL}};
  luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
  for (const char *const *name = names; *name != NULL; name++) {
    lua_getfield(L, -1, *name);
    lua_setfield(L, -3, *name);
  }
  lua_pop(L, 1);
  guard(L, guards);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, LUA_GNAME);
}

static void addString(lua_State *L) {
  static const char *const dropped[] = {"dump", "pack", "packsize", "unpack", NULL};
  static const Guard guards[] = {{"rep", repeatString}, {NULL, NULL}};
  static const luaL_Reg patterns[] = {
      {"find", sandboxFind}, {"match", sandboxMatch}, {"gmatch", sandboxIterateMatches},
      {"gsub", sandboxSubstitute}, {NULL, NULL},
  };
  luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 0);
  drop(L, dropped);
  guard(L, guards);
  luaL_setfuncs(L, patterns, 0);
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
  lua_setfield(L, -2, LUA_STRLIBNAME);
}

static void addTable(lua_State *L) {
  static const Guard guards[] = {
      {"insert", shiftElements}, {"remove", shiftElements}, {"move", moveElements},
      {"sort", sortElements},    {NULL, NULL},
  };
  luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 0);
  guard(L, guards);
  lua_setfield(L, -2, LUA_TABLIBNAME);
}

static void addMath(lua_State *L) {
  static const char *const dropped[] = {"randomseed", NULL};
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 0);
  drop(L, dropped);
  lua_setfield(L, -2, LUA_MATHLIBNAME);
}

void sandboxPushEnvironment(lua_State *L) {
  lua_newtable(L);
  addBase(L);
  addString(L);
  addTable(L);
  addMath(L);
  luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 0);
  lua_setfield(L, -2, LUA_UTF8LIBNAME);
}
