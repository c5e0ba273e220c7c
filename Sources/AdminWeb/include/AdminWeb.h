// The files of the web interface, as bytes of the program.
#ifndef ADMINWEB_H
#define ADMINWEB_H

#include <stddef.h>

typedef struct {
  // As the files lie in this folder: `web/index.html`.
  const char *path;
  const unsigned char *bytes;
  size_t count;
} adminweb_file;

size_t adminweb_file_count(void);
// `index` is below the count.
adminweb_file adminweb_file_at(size_t index);

#endif
