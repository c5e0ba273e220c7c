// string.find, match, gmatch and gsub over the bounded matcher.
#include <ctype.h>
#include <string.h>

#include "pattern.h"

typedef unsigned char Byte;

static Matcher openMatcher(lua_State *L, int subject, int pattern) {
  size_t length, patternLength;
  const Byte *text = (const Byte *)luaL_checklstring(L, subject, &length);
  const Byte *items = (const Byte *)luaL_checklstring(L, pattern, &patternLength);
  Matcher m;
  m.L = L;
  m.subject = text;
  m.subjectEnd = text + length;
  m.pattern = items;
  m.patternEnd = items + patternLength;
  m.steps = 0;
  m.depth = 0;
  m.captureCount = 0;
  return m;
}

static bool skipAnchor(Matcher *m) {
  bool isAnchored = m->pattern < m->patternEnd && *m->pattern == '^';
  if (isAnchored) m->pattern++;
  return isAnchored;
}

// Where a search starts, from the argument `init`: at most one past the end, else NULL.
static const Byte *startOf(Matcher *m, int argument) {
  lua_Integer length = m->subjectEnd - m->subject;
  lua_Integer start = luaL_optinteger(m->L, argument, 1);
  if (start == 0 || start < -length) start = 1;
  if (start < 0) start += length + 1;
  return start > length + 1 ? NULL : m->subject + (start - 1);
}

// MARK: Results

// Pushes a capture; the whole match where a pattern has none.
static void pushCapture(Matcher *m, int index, const Byte *start, const Byte *end) {
  if (index >= m->captureCount) {
    if (index > 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(m->L, (const char *)start, (size_t)(end - start));
    return;
  }
  const Capture *capture = &m->captures[index];
  if (capture->length == captureIsOpen) luaL_error(m->L, "unfinished capture");
  if (capture->length == captureIsPosition) {
    lua_pushinteger(m->L, capture->start - m->subject + 1);
  } else {
    lua_pushlstring(m->L, (const char *)capture->start, (size_t)capture->length);
  }
}

static int pushCaptures(Matcher *m, const Byte *start, const Byte *end) {
  int count = m->captureCount == 0 ? 1 : m->captureCount;
  luaL_checkstack(m->L, count, "too many captures");
  for (int index = 0; index < count; index++) pushCapture(m, index, start, end);
  return count;
}

static int pushRange(Matcher *m, const Byte *start, const Byte *end) {
  lua_pushinteger(m->L, start - m->subject + 1);
  lua_pushinteger(m->L, end - m->subject);
  return 2;
}

// MARK: find and match

static bool isPlain(const Matcher *m) {
  for (const Byte *p = m->pattern; p < m->patternEnd; p++)
    if (*p != 0 && strchr("^$*+?.([%-", *p) != NULL) return false;
  return true;
}

static const Byte *findPlain(Matcher *m, const Byte *s) {
  ptrdiff_t length = m->patternEnd - m->pattern;
  if (length == 0) return s;
  while (m->subjectEnd - s >= length) {
    const Byte *found = memchr(s, *m->pattern, (size_t)(m->subjectEnd - s - length + 1));
    countSteps(m, ((found == NULL ? m->subjectEnd : found) - s) / 16 + length / 16 + 1);
    if (found == NULL) return NULL;
    if (memcmp(found, m->pattern, (size_t)length) == 0) return found;
    s = found + 1;
  }
  return NULL;
}

static int search(lua_State *L, bool finds) {
  Matcher m = openMatcher(L, 1, 2);
  const Byte *s = startOf(&m, 3);
  if (s == NULL) {
    luaL_pushfail(L);
    return 1;
  }
  if (finds && (lua_toboolean(L, 4) || isPlain(&m))) {
    const Byte *found = findPlain(&m, s);
    if (found != NULL) return pushRange(&m, found, found + (m.patternEnd - m.pattern));
  } else {
    bool isAnchored = skipAnchor(&m);
    do {
      countSteps(&m, 1);
      const Byte *end = matchAt(&m, s);
      if (end == NULL) continue;
      if (!finds) return pushCaptures(&m, s, end);
      return pushRange(&m, s, end) + (m.captureCount == 0 ? 0 : pushCaptures(&m, s, end));
    } while (s++ < m.subjectEnd && !isAnchored);
  }
  luaL_pushfail(L);
  return 1;
}

int sandboxFind(lua_State *L) { return search(L, true); }

int sandboxMatch(lua_State *L) { return search(L, false); }

// MARK: gmatch

enum { iteratorSubject = 1, iteratorPattern, iteratorPosition, iteratorLastEnd };

static int nextMatch(lua_State *L) {
  Matcher m = openMatcher(L, lua_upvalueindex(iteratorSubject), lua_upvalueindex(iteratorPattern));
  lua_Integer position = lua_tointeger(L, lua_upvalueindex(iteratorPosition));
  lua_Integer lastEnd = lua_tointeger(L, lua_upvalueindex(iteratorLastEnd));
  for (; position <= m.subjectEnd - m.subject; position++) {
    countSteps(&m, 1);
    const Byte *end = matchAt(&m, m.subject + position);
    // An empty match right after the last one is not another one.
    if (end == NULL || end - m.subject == lastEnd) continue;
    lua_pushinteger(L, end - m.subject);
    lua_copy(L, -1, lua_upvalueindex(iteratorPosition));
    lua_replace(L, lua_upvalueindex(iteratorLastEnd));
    return pushCaptures(&m, m.subject + position, end);
  }
  return 0;
}

int sandboxIterateMatches(lua_State *L) {
  Matcher m = openMatcher(L, 1, 2);
  const Byte *start = startOf(&m, 3);
  lua_settop(L, 2);
  lua_pushinteger(L, start == NULL ? m.subjectEnd - m.subject + 1 : start - m.subject);
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, nextMatch, 4);
  return 1;
}

// MARK: gsub

// Adds the third argument, a text in which `%0` to `%9` stand for captures.
static void addText(Matcher *m, luaL_Buffer *buffer, const Byte *start, const Byte *end) {
  size_t length;
  const char *text = lua_tolstring(m->L, 3, &length);
  countSteps(m, (int64_t)length / 8);
  for (const char *p = text; p < text + length; p++) {
    if (*p != '%') {
      luaL_addchar(buffer, *p);
      continue;
    }
    p++;
    if (p < text + length && *p == '%') {
      luaL_addchar(buffer, '%');
    } else if (p < text + length && *p == '0') {
      luaL_addlstring(buffer, (const char *)start, (size_t)(end - start));
    } else if (p < text + length && isdigit((Byte)*p)) {
      pushCapture(m, *p - '1', start, end);
      luaL_addvalue(buffer);
    } else {
      luaL_error(m->L, "invalid use of '%%' in replacement string");
    }
  }
}

static void addReplacement(Matcher *m, luaL_Buffer *buffer, const Byte *start, const Byte *end) {
  lua_State *L = m->L;
  switch (lua_type(L, 3)) {
    case LUA_TFUNCTION:
      lua_pushvalue(L, 3);
      lua_call(L, pushCaptures(m, start, end), 1);
      break;
    case LUA_TTABLE:
      pushCapture(m, 0, start, end);
      lua_gettable(L, 3);
      break;
    default: addText(m, buffer, start, end); return;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(buffer, (const char *)start, (size_t)(end - start));
  } else if (lua_isstring(L, -1)) {
    luaL_addvalue(buffer);
  } else {
    luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  }
}

static bool isReplacement(int type) {
  return type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TTABLE || type == LUA_TFUNCTION;
}

int sandboxSubstitute(lua_State *L) {
  Matcher m = openMatcher(L, 1, 2);
  if (!isReplacement(lua_type(L, 3))) return luaL_typeerror(L, 3, "string/function/table");
  lua_Integer limit = luaL_optinteger(L, 4, m.subjectEnd - m.subject + 1);
  bool isAnchored = skipAnchor(&m);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  const Byte *s = m.subject, *lastEnd = NULL;
  lua_Integer count = 0;
  while (count < limit) {
    countSteps(&m, 1);
    const Byte *end = matchAt(&m, s);
    if (end != NULL && end != lastEnd) {
      count++;
      addReplacement(&m, &buffer, s, end);
      s = lastEnd = end;
    } else if (s < m.subjectEnd) {
      luaL_addchar(&buffer, *(const char *)s++);
    } else {
      break;
    }
    if (isAnchored) break;
  }
  luaL_addlstring(&buffer, (const char *)s, (size_t)(m.subjectEnd - s));
  luaL_pushresult(&buffer);
  lua_pushinteger(L, count);
  return 2;
}
