// What the files of the sandbox share.
#pragma once

#include <stdbool.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "CLua.h"

// Pushes the table of globals a script sees.
void sandboxPushEnvironment(lua_State *L);

// Takes `steps` from what the run may still do; raises an error when it has done or lasted too much.
void sandboxCharge(lua_State *L, int64_t steps);

// string.find, match, gmatch and gsub with every step charged.
int sandboxFind(lua_State *L);
int sandboxMatch(lua_State *L);
int sandboxIterateMatches(lua_State *L);
int sandboxSubstitute(lua_State *L);
