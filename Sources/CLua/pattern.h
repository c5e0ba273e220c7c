// The matcher behind the pattern functions.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "internal.h"

enum { maximumCaptures = 32 };

// A capture's length while it has none.
enum { captureIsOpen = -1, captureIsPosition = -2 };

typedef struct Capture {
  const unsigned char *start;
  ptrdiff_t length;
} Capture;

typedef struct Matcher {
  lua_State *L;
  const unsigned char *subject, *subjectEnd;
  const unsigned char *pattern, *patternEnd;
  // Work done and not yet charged to the run.
  int64_t steps;
  int depth;
  int captureCount;
  Capture captures[maximumCaptures];
} Matcher;

// Counts work; charges it in lots large enough not to be felt.
void countSteps(Matcher *matcher, int64_t steps);

// Matches the whole pattern at `at`, with no captures before. Returns the end of the match, or NULL.
const unsigned char *matchAt(Matcher *matcher, const unsigned char *at);

// The number of the capture that `digit` names, from 0; raises an error if there is none.
int captureIndex(Matcher *matcher, unsigned char digit);
