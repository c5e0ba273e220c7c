// Lua 5.4 as the system has it; pkg-config says where.
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
