// Runs a Lua 5.4 script over one request: in a state of its own, without access to anything outside, and within
// limits of memory, instructions and time.
//
// No Lua error ever crosses this boundary: each call is one protected call in C, so no longjmp passes over the
// frames of the caller.
#pragma once

#include <stddef.h>
#include <stdint.h>

// How a run ended.
typedef enum __attribute__((enum_extensibility(closed))) SandboxVerdict : int32_t {
  SandboxVerdictNoMatch = 0,
  SandboxVerdictMatch,
  // The script is not Lua, or it is precompiled.
  SandboxVerdictSyntaxError,
  SandboxVerdictRuntimeError,
  SandboxVerdictTooManyInstructions,
  SandboxVerdictTooMuchMemory,
  SandboxVerdictTooMuchTime,
} SandboxVerdict;

typedef struct SandboxLimits {
  // All that the Lua state holds, its libraries included.
  size_t memoryBytes;
  // Instructions of the virtual machine, calls, and steps of pattern matching.
  int64_t instructions;
  // By the monotonic clock. Looked at every hundred instructions, at every call and in long pattern searches.
  int64_t nanoseconds;
} SandboxLimits;

// Where in the global `request` a value belongs.
typedef enum __attribute__((enum_extensibility(closed))) SandboxTable : int32_t {
  SandboxTableRequest = 0,
  SandboxTableQuery,
  SandboxTableHeaders,
  // A list: values have no key and are appended.
  SandboxTableTools,
} SandboxTable;

typedef enum __attribute__((enum_extensibility(closed))) SandboxKind : int32_t {
  SandboxKindText = 0,
  SandboxKindInteger,
  SandboxKindBoolean,
} SandboxKind;

// A piece of the buffer that holds all texts of a request.
typedef struct SandboxText {
  size_t start;
  size_t length;
} SandboxText;

typedef struct SandboxValue {
  SandboxTable table;
  SandboxKind kind;
  SandboxText key;
  SandboxText text;
  // The integer, or 0 and 1 for a boolean.
  int64_t number;
} SandboxValue;

// Compiles a script without running it. Fills `message`, always terminated, unless the verdict is NoMatch.
SandboxVerdict sandboxCheck(const uint8_t *_Nonnull source, size_t length, SandboxLimits limits,
                            char *_Nonnull message, size_t capacity);

// Runs a script: a match is a true result, or, if the chunk returns nothing, a true result of the global
// function `should_tag` it defines. Fills `message`, always terminated, unless the verdict is Match or NoMatch.
// Messages begin with `script:LINE:` where Lua knows the line.
SandboxVerdict sandboxRun(const uint8_t *_Nonnull source, size_t length, const uint8_t *_Nonnull texts,
                          const SandboxValue *_Nonnull values, size_t count, SandboxLimits limits,
                          char *_Nonnull message, size_t capacity);
