#include <zlib.h>

// inflateInit2 is a macro, which Swift cannot call. 31: gzip framing, the largest window.
static inline int czlib_gunzip_begin(z_stream *stream) { return inflateInit2(stream, 31); }

static inline int czlib_gzip_begin(z_stream *stream) {
  return deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}
