// One state a run: nothing a script does can be seen by the next run, and letting go of it is one call.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"

enum {
  instructionsPerLook = 100,
  // Copying less than this takes no time worth a look at the clock.
  largeBlock = 64 * 1024,
};

// Lua's own words.
static const char outOfMemory[] = "not enough memory";

// The state of one run; Lua carries it along as the user data of the allocator.
typedef struct Run {
  size_t memoryUsed;
  size_t memoryLimit;
  int64_t instructionsLeft;
  int64_t deadline;
  // Why the run was stopped; NoMatch while it was not.
  SandboxVerdict stopped;

  const char *source;
  size_t length;
  // The request; NULL to compile only.
  const char *texts;
  const SandboxValue *values;
  size_t count;
  SandboxVerdict verdict;
} Run;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static Run *runOf(lua_State *L) {
  void *run;
  lua_getallocf(L, &run);
  return run;
}

// MARK: Memory

// Refuses what is above the limit. A large block after the deadline is refused too: a loop that joins large
// strings may spend its whole time here, between two looks of the hook.
static void *allocate(void *userData, void *block, size_t oldSize, size_t newSize) {
  Run *run = userData;
  if (block == NULL) oldSize = 0;  // Lua passes the kind of the object instead.
  if (newSize == 0) {
    free(block);
    run->memoryUsed -= oldSize;
    return NULL;
  }
  if (newSize > oldSize) {
    if (newSize - oldSize > run->memoryLimit - run->memoryUsed) return NULL;
    if (newSize >= largeBlock && now() > run->deadline) {
      run->stopped = SandboxVerdictTooMuchTime;
      return NULL;
    }
  }
  void *moved = realloc(block, newSize);
  if (moved != NULL) run->memoryUsed = run->memoryUsed - oldSize + newSize;
  return moved;
}

// MARK: Instructions and time

static const char *reasonFor(SandboxVerdict stopped) {
  return stopped == SandboxVerdictTooMuchTime ? "it runs too long" : "it needs too many instructions";
}

// Raises an error that says why the run is stopped, and in which line.
static void stop(lua_State *L) {
  const char *reason = reasonFor(runOf(L)->stopped);
  lua_Debug frame;
  for (int level = 0; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline > 0) {
      lua_pushfstring(L, "%s:%d: %s", frame.short_src, frame.currentline, reason);
      lua_error(L);
    }
  }
  lua_pushstring(L, reason);
  lua_error(L);
}

static void look(lua_State *L, lua_Debug *event) {
  sandboxCharge(L, event->event == LUA_HOOKCOUNT ? instructionsPerLook : 1);
}

void sandboxCharge(lua_State *L, int64_t steps) {
  Run *run = runOf(L);
  run->instructionsLeft -= steps;
  if (run->stopped == SandboxVerdictNoMatch) {
    if (run->instructionsLeft < 0) {
      run->stopped = SandboxVerdictTooManyInstructions;
    } else if (now() > run->deadline) {
      run->stopped = SandboxVerdictTooMuchTime;
    } else {
      return;
    }
  }
  // From here on every look fails. A script may catch the error, but to do that again it has to make a call.
  stop(L);
}

// MARK: The run

static void pushText(lua_State *L, const Run *run, SandboxText text) {
  lua_pushlstring(L, run->texts + text.start, text.length);
}

static void pushRequest(lua_State *L, const Run *run) {
  static const char *const names[] = {NULL, "query", "headers", "tools"};
  int base = lua_gettop(L) + 1;
  for (int table = SandboxTableRequest; table <= SandboxTableTools; table++) {
    lua_newtable(L);
    if (names[table] == NULL) continue;
    lua_pushvalue(L, -1);
    lua_setfield(L, base, names[table]);
  }
  for (size_t index = 0; index < run->count; index++) {
    const SandboxValue *value = &run->values[index];
    int table = base + (int)value->table;
    bool isListed = value->table == SandboxTableTools;
    if (!isListed) pushText(L, run, value->key);
    switch (value->kind) {
      case SandboxKindText: pushText(L, run, value->text); break;
      case SandboxKindInteger: lua_pushinteger(L, value->number); break;
      case SandboxKindBoolean: lua_pushboolean(L, value->number != 0); break;
    }
    if (isListed) {
      lua_rawseti(L, table, (lua_Integer)lua_rawlen(L, table) + 1);
    } else {
      lua_rawset(L, table);
    }
  }
  lua_settop(L, base);
}

// Compiles the source with the table at `environment` as its globals and pushes it.
static void pushChunk(lua_State *L, Run *run, int environment) {
  int status = luaL_loadbufferx(L, run->source, run->length, "=script", "t");
  if (status != LUA_OK) {
    run->verdict = status == LUA_ERRMEM ? SandboxVerdictTooMuchMemory : SandboxVerdictSyntaxError;
    lua_error(L);
  }
  lua_pushvalue(L, environment);
  lua_setupvalue(L, -2, 1);
}

// All of a run, as the one function that is called protected.
static int perform(lua_State *L) {
  Run *run = runOf(L);
  sandboxPushEnvironment(L);
  int environment = lua_gettop(L);
  pushChunk(L, run, environment);
  if (run->texts == NULL) return 0;
  pushRequest(L, run);
  lua_setfield(L, environment, "request");
  // Calls are watched too: a library function that calls back into the library in a loop runs no instruction.
  lua_sethook(L, look, LUA_MASKCOUNT | LUA_MASKCALL, instructionsPerLook);
  lua_call(L, 0, LUA_MULTRET);
  if (lua_gettop(L) == environment) {
    lua_pushliteral(L, "should_tag");
    if (lua_rawget(L, environment) != LUA_TFUNCTION) return 0;
    lua_call(L, 0, 1);
  }
  if (lua_toboolean(L, environment + 1)) run->verdict = SandboxVerdictMatch;
  return 0;
}

static SandboxVerdict verdictOf(const Run *run, int status, const char *message) {
  if (run->stopped != SandboxVerdictNoMatch) return run->stopped;
  if (status == LUA_OK || run->verdict != SandboxVerdictNoMatch) return run->verdict;
  // Buffers of the library raise this text as an ordinary error.
  bool isMemory = status == LUA_ERRMEM || strcmp(message, outOfMemory) == 0;
  return isMemory ? SandboxVerdictTooMuchMemory : SandboxVerdictRuntimeError;
}

static SandboxVerdict runProtected(Run *run, char *message, size_t capacity) {
  message[0] = 0;
  lua_State *L = lua_newstate(allocate, run);
  if (L == NULL) {
    strncat(message, outOfMemory, capacity - 1);
    return SandboxVerdictTooMuchMemory;
  }
  lua_pushcfunction(L, perform);
  int status = lua_pcall(L, 0, 0, 0);
  const char *text = "";
  if (run->stopped != SandboxVerdictNoMatch && status != LUA_ERRRUN) {
    // Refused memory, or a script that caught the error and returned it.
    text = reasonFor(run->stopped);
  } else if (status != LUA_OK) {
    text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error that is not a text";
  }
  strncat(message, text, capacity - 1);
  SandboxVerdict verdict = verdictOf(run, status, message);
  lua_close(L);
  return verdict;
}

static Run begin(const uint8_t *source, size_t length, SandboxLimits limits) {
  int64_t start = now();
  bool isEndless = limits.nanoseconds > INT64_MAX - start;
  return (Run){
      .memoryLimit = limits.memoryBytes,
      .instructionsLeft = limits.instructions,
      .deadline = isEndless ? INT64_MAX : start + limits.nanoseconds,
      .source = (const char *)source,
      .length = length,
  };
}

SandboxVerdict sandboxCheck(const uint8_t *source, size_t length, SandboxLimits limits, char *message,
                            size_t capacity) {
  Run run = begin(source, length, limits);
  return runProtected(&run, message, capacity);
}

SandboxVerdict sandboxRun(const uint8_t *source, size_t length, const uint8_t *texts,
                          const SandboxValue *values, size_t count, SandboxLimits limits, char *message,
                          size_t capacity) {
  Run run = begin(source, length, limits);
  run.texts = (const char *)texts;
  run.values = values;
  run.count = count;
  return runProtected(&run, message, capacity);
}
