#include <zlib.h>

// inflateInit2 is a macro, which Swift cannot call. 31: gzip framing, the largest window.
static inline int czlib_gunzip_begin(z_stream *stream) { return inflateInit2(stream, 31); }
