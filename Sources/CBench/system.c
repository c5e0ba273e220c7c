#define _GNU_SOURCE
#include "cbench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/epoll.h>
#define SEND_FLAGS MSG_NOSIGNAL
#else
#include <libproc.h>
#include <mach/mach.h>
#include <mach/mach_time.h>
#include <sys/event.h>
#include <sys/types.h>
#define SEND_FLAGS 0
#endif

static int64_t nanoseconds(struct timespec time) {
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t cbench_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return nanoseconds(time);
}

// MARK: Sockets

int cbench_make_non_blocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

void cbench_close(int descriptor) { close(descriptor); }

static int prepared(int descriptor) {
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
  setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  if (cbench_make_non_blocking(descriptor) == 0) return descriptor;
  close(descriptor);
  return -1;
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int cbench_listen(int *port) {
  int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (descriptor < 0) return -1;
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = loopback(*port);
  socklen_t length = sizeof address;
  if (bind(descriptor, (struct sockaddr *)&address, length) != 0 || listen(descriptor, 8192) != 0 ||
      getsockname(descriptor, (struct sockaddr *)&address, &length) != 0) {
    close(descriptor);
    return -1;
  }
  *port = ntohs(address.sin_port);
  return prepared(descriptor);
}

int cbench_connect(int port) {
  int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (descriptor < 0) return -1;
  struct sockaddr_in address = loopback(port);
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
    close(descriptor);
    return -1;
  }
  return prepared(descriptor);
}

int cbench_accept(int listener) {
  int descriptor = accept(listener, NULL, NULL);
  return descriptor < 0 ? -1 : prepared(descriptor);
}

ssize_t cbench_send(int socket, const void *bytes, size_t count) {
  ssize_t sent = send(socket, bytes, count, SEND_FLAGS);
  return sent < 0 ? -errno : sent;
}

ssize_t cbench_receive(int socket, void *bytes, size_t count) {
  ssize_t received = read(socket, bytes, count);
  return received < 0 ? -errno : received;
}

bool cbench_would_block(ssize_t result) {
  return result == -EAGAIN || result == -EWOULDBLOCK || result == -EINTR;
}

int cbench_own_process(void) { return getpid(); }

int64_t cbench_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return (int64_t)limit.rlim_cur;
  // macOS calls its limit infinite, but grants no more than this.
  limit.rlim_cur = 10240;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? (int64_t)limit.rlim_cur : (int64_t)before;
}

#ifdef __linux__

// MARK: Readiness, by epoll

int cbench_poller(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cbench_watch(int poller, int descriptor, bool is_new, bool writable) {
  struct epoll_event event = {.events = EPOLLIN | (writable ? EPOLLOUT : 0), .data.fd = descriptor};
  return epoll_ctl(poller, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

int cbench_wait(int poller, struct cbench_event *events, int capacity, int64_t limit) {
  struct epoll_event ready[256];
  struct timespec timeout = {.tv_sec = limit / 1000000000, .tv_nsec = limit % 1000000000};
  int count = epoll_pwait2(poller, ready, capacity < 256 ? capacity : 256, limit < 0 ? NULL : &timeout, NULL);
  if (count < 0) return errno == EINTR ? 0 : -1;
  for (int index = 0; index < count; index++) {
    events[index].descriptor = ready[index].data.fd;
    events[index].readable = (ready[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
    events[index].writable = (ready[index].events & EPOLLOUT) != 0;
  }
  return count;
}

// MARK: Processes, by their CPU clocks and /proc

int64_t cbench_cpu_time(int pid) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
  return nanoseconds(time);
}

int64_t cbench_memory(int pid) {
  char text[256];
  snprintf(text, sizeof text, "/proc/%d/smaps_rollup", pid);
  FILE *file = fopen(text, "r");
  if (file == NULL) return -1;
  long long kilobytes = -1;
  while (kilobytes < 0 && fgets(text, sizeof text, file) != NULL) sscanf(text, "Pss: %lld kB", &kilobytes);
  fclose(file);
  return kilobytes < 0 ? -1 : (int64_t)kilobytes * 1024;
}

int cbench_children(int pid, int *children, int capacity) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  int count = 0;
  while (count < capacity && fscanf(file, "%d", &children[count]) == 1) count++;
  fclose(file);
  return count;
}

bool cbench_machine_time(int64_t *busy, int64_t *stolen) {
  FILE *file = fopen("/proc/stat", "r");
  if (file == NULL) return false;
  long long user, nice, system, idle, wait, irq, soft, steal;
  int count = fscanf(
      file, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &user, &nice, &system, &idle, &wait, &irq, &soft, &steal);
  fclose(file);
  if (count != 8) return false;
  int64_t tick = 1000000000 / sysconf(_SC_CLK_TCK);
  // Interrupts are nobody's: they belong to what is measured as much as to anything else.
  *busy = (user + nice + system) * tick;
  *stolen = steal * tick;
  return true;
}

#else

// MARK: Readiness, by kqueue

int cbench_poller(void) { return kqueue(); }

int cbench_watch(int poller, int descriptor, bool is_new, bool writable) {
  struct kevent changes[2];
  (void)is_new;
  EV_SET(&changes[0], descriptor, EVFILT_READ, EV_ADD, 0, 0, NULL);
  EV_SET(&changes[1], descriptor, EVFILT_WRITE, EV_ADD | (writable ? EV_ENABLE : EV_DISABLE), 0, 0, NULL);
  return kevent(poller, changes, 2, NULL, 0, NULL);
}

int cbench_wait(int poller, struct cbench_event *events, int capacity, int64_t limit) {
  struct kevent ready[256];
  struct timespec timeout = {.tv_sec = limit / 1000000000, .tv_nsec = limit % 1000000000};
  int count = kevent(poller, NULL, 0, ready, capacity < 256 ? capacity : 256, limit < 0 ? NULL : &timeout);
  if (count < 0) return errno == EINTR ? 0 : -1;
  for (int index = 0; index < count; index++) {
    events[index].descriptor = (int)ready[index].ident;
    events[index].readable = ready[index].filter == EVFILT_READ;
    events[index].writable = ready[index].filter == EVFILT_WRITE;
  }
  return count;
}

// MARK: Processes, by libproc

int64_t cbench_cpu_time(int pid) {
  struct rusage_info_v2 usage;
  mach_timebase_info_data_t base;
  if (proc_pid_rusage(pid, RUSAGE_INFO_V2, (rusage_info_t *)&usage) != 0) return -1;
  mach_timebase_info(&base);
  return (int64_t)((usage.ri_user_time + usage.ri_system_time) * base.numer / base.denom);
}

int64_t cbench_memory(int pid) {
  struct rusage_info_v2 usage;
  return proc_pid_rusage(pid, RUSAGE_INFO_V2, (rusage_info_t *)&usage) == 0 ? (int64_t)usage.ri_phys_footprint : -1;
}

int cbench_children(int pid, int *children, int capacity) {
  int count = proc_listchildpids(pid, children, capacity * (int)sizeof(int));
  return count < 0 ? 0 : count < capacity ? count : capacity;
}

bool cbench_machine_time(int64_t *busy, int64_t *stolen) {
  host_cpu_load_info_data_t load;
  mach_msg_type_number_t count = HOST_CPU_LOAD_INFO_COUNT;
  if (host_statistics(mach_host_self(), HOST_CPU_LOAD_INFO, (host_info_t)&load, &count) != KERN_SUCCESS) return false;
  int64_t ticks = (int64_t)load.cpu_ticks[CPU_STATE_USER] + load.cpu_ticks[CPU_STATE_NICE] +
                  load.cpu_ticks[CPU_STATE_SYSTEM];
  *busy = ticks * (1000000000 / sysconf(_SC_CLK_TCK));
  *stolen = 0;
  return true;
}

#endif
