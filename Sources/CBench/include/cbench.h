// What Bench needs of the operating system, the same on Linux and macOS. The one file behind it knows the
// difference. Calls return -1 (or a negative errno where they say so) on failure.
#ifndef CBENCH_H
#define CBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Nanoseconds on the monotonic clock that all processes share.
int64_t cbench_now(void);

// Sockets on 127.0.0.1, non-blocking, without Nagle's delay.

// Listens on `*port`, or a free port when it is 0, and stores which.
int cbench_listen(int *port);
int cbench_connect(int port);
int cbench_accept(int listener);
// Both return the number of bytes, or -errno; would_block tells the one errno that is no failure.
ssize_t cbench_send(int socket, const void *bytes, size_t count);
ssize_t cbench_receive(int socket, void *bytes, size_t count);
bool cbench_would_block(ssize_t result);
void cbench_close(int descriptor);
int cbench_make_non_blocking(int descriptor);

// Readiness of many descriptors, level-triggered: epoll or kqueue.

struct cbench_event {
  int descriptor;
  bool readable;
  bool writable;
};

int cbench_poller(void);
int cbench_watch(int poller, int descriptor, bool is_new, bool writable);
// Waits at most `nanoseconds`; for ever when negative. Returns how many events were stored.
int cbench_wait(int poller, struct cbench_event *events, int capacity, int64_t nanoseconds);

// Processes.

int cbench_own_process(void);

// CPU time of a process since its start with all its threads, ended ones too, in nanoseconds.
int64_t cbench_cpu_time(int pid);
// Memory that is the process's own, plus its share of what it shares, in bytes.
int64_t cbench_memory(int pid);
// The processes that `pid` started and that still run; returns how many were stored.
int cbench_children(int pid, int *children, int capacity);
// Allows as many open files as the system lets us, and returns how many.
int64_t cbench_raise_descriptor_limit(void);

// CPU time since boot in nanoseconds: spent by all processes, taken by other machines on the same host.
bool cbench_machine_time(int64_t *busy, int64_t *stolen);

#endif
