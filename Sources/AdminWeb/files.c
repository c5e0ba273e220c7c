// The table of all pages: two lines a file. A test compares it with the folder.
#include "AdminWeb.h"

// #embed is of C23; the other C code here is older.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const adminweb_file files[] = {
#define WEB_FILE "web/index.html"
#include "file.inc"
#define WEB_FILE "web/app.css"
#include "file.inc"
#define WEB_FILE "web/js/main.js"
#include "file.inc"

// Debian's; scripts/setup copies them.
#define WEB_FILE "web/vendor/bootstrap.min.css"
#include "vendor.inc"
#define WEB_FILE "web/vendor/chart.min.js"
#include "vendor.inc"
};

size_t adminweb_file_count(void) { return sizeof files / sizeof *files; }

adminweb_file adminweb_file_at(size_t index) { return files[index]; }
