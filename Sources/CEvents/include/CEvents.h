// What a loop over sockets needs of the system and Swift cannot call: readiness (epoll on Linux, kqueue on
// Darwin) and the few socket calls that differ between the two. Errors are negative errno values.
#ifndef CEVENTS_H
#define CEVENTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
  CEVENTS_READ = 1,
  CEVENTS_WRITE = 2,
  // The peer closed its side, or the connection is broken.
  CEVENTS_GONE = 4,
};

typedef struct {
  uint64_t token;
  uint32_t readiness;
} cevents_event;

typedef struct {
  int poller;
  // An eventfd on Linux; not used elsewhere.
  int waker;
} cevents_poller;

int cevents_open(cevents_poller *poller);
void cevents_close(cevents_poller poller);
// From any thread: makes the wait that runs, or the next one, return.
void cevents_wake(cevents_poller poller);
// Starts or changes what is reported for a descriptor. With `once_a_change` readiness is reported when it
// changes, otherwise for as long as it lasts.
int cevents_watch(cevents_poller poller, int descriptor, uint64_t token, uint32_t interest, int once_a_change);
void cevents_forget(cevents_poller poller, int descriptor);
// Waits at most `milliseconds` (-1: for ever). Returns how many events there are; wake-ups are not among them.
int cevents_wait(cevents_poller poller, cevents_event *events, int capacity, int milliseconds);

// A non-blocking socket that listens on the first address of `host`; `port` is changed from 0 to the one taken.
// What fails while the name is looked up is put into `problem` as text.
int cevents_listen(const char *host, uint16_t *port, int backlog, const char **problem);
// A connection that waits in the listener's queue, non-blocking and without delay; its peer's numeric address.
int cevents_accept(int listener, char *address, size_t capacity);
// Never raises SIGPIPE.
ssize_t cevents_send(int descriptor, const void *bytes, size_t count);
ssize_t cevents_receive(int descriptor, void *bytes, size_t count);
// Makes closing it a reset.
void cevents_reset_on_close(int descriptor);

// Monotonic, in nanoseconds.
int64_t cevents_now(void);

#endif
