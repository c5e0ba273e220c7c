// Lua's patterns (reference manual §6.4.1) with a bound.
//
// The system's own matcher backtracks in C, where no hook can interrupt it: `(.-)(.-)(.-)(.-)x` on a few thousand
// characters takes hours. This one counts its steps against what the run may do.
#include "pattern.h"

#include <ctype.h>
#include <string.h>

typedef unsigned char Byte;

enum { maximumDepth = 200, stepsPerCharge = 1024 };

typedef enum ItemKind {
  itemSingle,
  itemOpen,
  itemPosition,
  itemClose,
  itemBalance,
  itemFrontier,
  itemReference,
  itemEnd,
} ItemKind;

// One item of a pattern.
typedef struct Item {
  ItemKind kind;
  // A single character's class, or a frontier's set.
  const Byte *class, *classEnd;
  // '*', '+', '-', '?', or 0.
  Byte repetition;
  const Byte *next;
} Item;

static const Byte *matchItems(Matcher *m, const Byte *s, const Byte *p);

void countSteps(Matcher *m, int64_t steps) {
  m->steps += steps;
  if (m->steps < stepsPerCharge) return;
  int64_t charge = m->steps;
  m->steps = 0;
  sandboxCharge(m->L, charge);
}

// MARK: Reading the pattern

static const Byte *endOfClass(Matcher *m, const Byte *p) {
  if (*p == '%') {
    if (p + 1 == m->patternEnd) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 2;
  }
  if (*p != '[') return p + 1;
  p++;
  if (p < m->patternEnd && *p == '^') p++;
  // A bracket that comes first stands for itself.
  for (const Byte *first = p;; p += *p == '%' ? 2 : 1) {
    if (p >= m->patternEnd) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p == ']' && p != first) return p + 1;
  }
}

static Item readSingle(Matcher *m, const Byte *p) {
  Item item = {.kind = itemSingle, .class = p, .classEnd = endOfClass(m, p)};
  item.next = item.classEnd;
  if (item.next < m->patternEnd && *item.next != 0 && strchr("*+-?", *item.next) != NULL)
    item.repetition = *item.next++;
  return item;
}

static Item readItem(Matcher *m, const Byte *p) {
  ptrdiff_t left = m->patternEnd - p;
  if (*p == '(' && left > 1 && p[1] == ')') return (Item){.kind = itemPosition, .next = p + 2};
  if (*p == '(') return (Item){.kind = itemOpen, .next = p + 1};
  if (*p == ')') return (Item){.kind = itemClose, .next = p + 1};
  if (*p == '$' && left == 1) return (Item){.kind = itemEnd, .next = p + 1};
  if (*p != '%' || left < 2) return readSingle(m, p);
  if (p[1] == 'b') {
    if (left < 4) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    return (Item){.kind = itemBalance, .class = p + 2, .next = p + 4};
  }
  if (p[1] == 'f') {
    if (left < 3 || p[2] != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
    const Byte *end = endOfClass(m, p + 2);
    return (Item){.kind = itemFrontier, .class = p + 2, .classEnd = end, .next = end};
  }
  if (isdigit(p[1])) return (Item){.kind = itemReference, .class = p + 1, .next = p + 2};
  return readSingle(m, p);
}

// MARK: Characters

static bool isOfLetterClass(Byte c, Byte letter) {
  bool is;
  switch (tolower(letter)) {
    case 'a': is = isalpha(c); break;
    case 'c': is = iscntrl(c); break;
    case 'd': is = isdigit(c); break;
    case 'g': is = isgraph(c); break;
    case 'l': is = islower(c); break;
    case 'p': is = ispunct(c); break;
    case 's': is = isspace(c); break;
    case 'u': is = isupper(c); break;
    case 'w': is = isalnum(c); break;
    case 'x': is = isxdigit(c); break;
    default: return c == letter;
  }
  return is != (isupper(letter) != 0);
}

static bool isInSet(Byte c, const Byte *set, const Byte *end) {
  const Byte *bracket = end - 1;
  bool isNegated = set[1] == '^';
  for (const Byte *p = set + 1 + isNegated; p < bracket;) {
    if (*p == '%') {
      if (isOfLetterClass(c, p[1])) return !isNegated;
      p += 2;
    } else if (p + 2 < bracket && p[1] == '-') {
      if (p[0] <= c && c <= p[2]) return !isNegated;
      p += 3;
    } else {
      if (*p == c) return !isNegated;
      p++;
    }
  }
  return isNegated;
}

static bool matchesSingle(Matcher *m, const Byte *s, const Item *item) {
  if (s >= m->subjectEnd) return false;
  switch (*item->class) {
    case '.': return true;
    case '%': return isOfLetterClass(*s, item->class[1]);
    case '[':
      countSteps(m, (item->classEnd - item->class) / 8);
      return isInSet(*s, item->class, item->classEnd);
    default: return *s == *item->class;
  }
}

// MARK: Items that try more than one way

static const Byte *matchLongest(Matcher *m, const Byte *s, const Item *item) {
  const Byte *end = s;
  while (matchesSingle(m, end, item)) {
    end++;
    countSteps(m, 1);
  }
  for (; end >= s; end--) {
    const Byte *matched = matchItems(m, end, item->next);
    if (matched != NULL) return matched;
    countSteps(m, 1);
  }
  return NULL;
}

static const Byte *matchShortest(Matcher *m, const Byte *s, const Item *item) {
  for (;; s++) {
    const Byte *matched = matchItems(m, s, item->next);
    if (matched != NULL) return matched;
    if (!matchesSingle(m, s, item)) return NULL;
    countSteps(m, 1);
  }
}

static const Byte *matchRepeated(Matcher *m, const Byte *s, const Item *item) {
  if (item->repetition == '*') return matchLongest(m, s, item);
  if (item->repetition == '-') return matchShortest(m, s, item);
  if (!matchesSingle(m, s, item)) return item->repetition == '?' ? matchItems(m, s, item->next) : NULL;
  if (item->repetition == '+') return matchLongest(m, s + 1, item);
  const Byte *matched = matchItems(m, s + 1, item->next);
  return matched != NULL ? matched : matchItems(m, s, item->next);
}

static const Byte *openCapture(Matcher *m, const Byte *s, const Item *item) {
  if (m->captureCount >= maximumCaptures) luaL_error(m->L, "too many captures");
  ptrdiff_t length = item->kind == itemPosition ? captureIsPosition : captureIsOpen;
  m->captures[m->captureCount++] = (Capture){s, length};
  const Byte *matched = matchItems(m, s, item->next);
  if (matched == NULL) m->captureCount--;
  return matched;
}

static const Byte *closeCapture(Matcher *m, const Byte *s, const Item *item) {
  int index = m->captureCount - 1;
  while (index >= 0 && m->captures[index].length != captureIsOpen) index--;
  if (index < 0) luaL_error(m->L, "invalid pattern capture");
  m->captures[index].length = s - m->captures[index].start;
  const Byte *matched = matchItems(m, s, item->next);
  if (matched == NULL) m->captures[index].length = captureIsOpen;
  return matched;
}

// MARK: Items that match in one way or not at all

static const Byte *matchBalance(Matcher *m, const Byte *s, const Item *item) {
  if (s >= m->subjectEnd || *s != item->class[0]) return NULL;
  int64_t level = 1;
  for (s++; s < m->subjectEnd; s++) {
    countSteps(m, 1);
    if (*s == item->class[1]) {
      if (--level == 0) return s + 1;
    } else if (*s == item->class[0]) {
      level++;
    }
  }
  return NULL;
}

static const Byte *matchFrontier(Matcher *m, const Byte *s, const Item *item) {
  Byte before = s == m->subject ? 0 : s[-1];
  Byte after = s == m->subjectEnd ? 0 : *s;
  countSteps(m, (item->classEnd - item->class) / 8);
  bool matches = !isInSet(before, item->class, item->classEnd) && isInSet(after, item->class, item->classEnd);
  return matches ? s : NULL;
}

int captureIndex(Matcher *m, Byte digit) {
  int index = digit - '1';
  if (index < 0 || index >= m->captureCount || m->captures[index].length == captureIsOpen)
    luaL_error(m->L, "invalid capture index %%%d", index + 1);
  return index;
}

static const Byte *matchReference(Matcher *m, const Byte *s, const Item *item) {
  const Capture *capture = &m->captures[captureIndex(m, *item->class)];
  if (capture->length < 0 || capture->length > m->subjectEnd - s) return NULL;
  countSteps(m, capture->length / 8);
  return memcmp(capture->start, s, (size_t)capture->length) == 0 ? s + capture->length : NULL;
}

// MARK: Patterns

// One level of the recursion: items with one way follow each other here.
static const Byte *matchLevel(Matcher *m, const Byte *s, const Byte *p) {
  while (p < m->patternEnd && s != NULL) {
    countSteps(m, 1);
    Item item = readItem(m, p);
    countSteps(m, (item.next - p) / 8);
    p = item.next;
    switch (item.kind) {
      case itemOpen:
      case itemPosition: return openCapture(m, s, &item);
      case itemClose: return closeCapture(m, s, &item);
      case itemBalance: s = matchBalance(m, s, &item); break;
      case itemFrontier: s = matchFrontier(m, s, &item); break;
      case itemReference: s = matchReference(m, s, &item); break;
      case itemEnd: s = s == m->subjectEnd ? s : NULL; break;
      case itemSingle:
        if (item.repetition != 0) return matchRepeated(m, s, &item);
        s = matchesSingle(m, s, &item) ? s + 1 : NULL;
        break;
    }
  }
  return s;
}

static const Byte *matchItems(Matcher *m, const Byte *s, const Byte *p) {
  if (++m->depth > maximumDepth) luaL_error(m->L, "pattern too complex");
  const Byte *end = matchLevel(m, s, p);
  m->depth--;
  return end;
}

const Byte *matchAt(Matcher *m, const Byte *at) {
  m->captureCount = 0;
  m->depth = 0;
  return matchItems(m, at, m->pattern);
}
