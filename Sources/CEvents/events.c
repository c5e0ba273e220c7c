#define _GNU_SOURCE
#include "CEvents.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int make_nonblocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags < 0 ? flags : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

#ifdef __linux__

#include <sys/epoll.h>
#include <sys/eventfd.h>

static const uint64_t wake_token = UINT64_MAX;

int cevents_open(cevents_poller *poller) {
  poller->poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller->poller < 0) return -errno;
  poller->waker = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = wake_token};
  if (poller->waker < 0 || epoll_ctl(poller->poller, EPOLL_CTL_ADD, poller->waker, &event) < 0) return -errno;
  return 0;
}

void cevents_close(cevents_poller poller) {
  close(poller.waker);
  close(poller.poller);
}

// The counter is never read: each write is a change, and only changes are reported.
void cevents_wake(cevents_poller poller) { eventfd_write(poller.waker, 1); }

int cevents_watch(cevents_poller poller, int descriptor, uint64_t token, uint32_t interest, int once_a_change) {
  struct epoll_event event = {.events = EPOLLRDHUP, .data.u64 = token};
  if (interest & CEVENTS_READ) event.events |= EPOLLIN;
  if (interest & CEVENTS_WRITE) event.events |= EPOLLOUT;
  if (once_a_change) event.events |= EPOLLET;
  if (epoll_ctl(poller.poller, EPOLL_CTL_ADD, descriptor, &event) == 0) return 0;
  if (errno == EEXIST && epoll_ctl(poller.poller, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
  return -errno;
}

void cevents_forget(cevents_poller poller, int descriptor) {
  epoll_ctl(poller.poller, EPOLL_CTL_DEL, descriptor, NULL);
}

int cevents_wait(cevents_poller poller, cevents_event *events, int capacity, int milliseconds) {
  struct epoll_event ready[256];
  if (capacity > 256) capacity = 256;
  int count = epoll_wait(poller.poller, ready, capacity, milliseconds);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  int reported = 0;
  for (int i = 0; i < count; i++) {
    if (ready[i].data.u64 == wake_token) continue;
    uint32_t flags = ready[i].events, readiness = 0;
    if (flags & EPOLLIN) readiness |= CEVENTS_READ;
    if (flags & EPOLLOUT) readiness |= CEVENTS_WRITE;
    if (flags & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readiness |= CEVENTS_GONE;
    events[reported].token = ready[i].data.u64;
    events[reported++].readiness = readiness;
  }
  return reported;
}

static int accept_nonblocking(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

ssize_t cevents_send(int descriptor, const void *bytes, size_t count) {
  ssize_t sent;
  do sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

#else

#include <sys/event.h>

int cevents_open(cevents_poller *poller) {
  poller->waker = -1;
  poller->poller = kqueue();
  if (poller->poller < 0) return -errno;
  struct kevent change;
  EV_SET(&change, 0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, NULL);
  return kevent(poller->poller, &change, 1, NULL, 0, NULL) < 0 ? -errno : 0;
}

void cevents_close(cevents_poller poller) { close(poller.poller); }

void cevents_wake(cevents_poller poller) {
  struct kevent change;
  EV_SET(&change, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
  kevent(poller.poller, &change, 1, NULL, 0, NULL);
}

int cevents_watch(cevents_poller poller, int descriptor, uint64_t token, uint32_t interest, int once_a_change) {
  uint16_t added = EV_ADD | (once_a_change ? EV_CLEAR : 0);
  struct kevent read, write;
  EV_SET(&read, descriptor, EVFILT_READ, interest & CEVENTS_READ ? added : EV_DELETE, 0, 0, (void *)token);
  EV_SET(&write, descriptor, EVFILT_WRITE, interest & CEVENTS_WRITE ? added : EV_DELETE, 0, 0, (void *)token);
  // Deleting what was not watched fails, which is just as well.
  int read_result = kevent(poller.poller, &read, 1, NULL, 0, NULL);
  int write_result = kevent(poller.poller, &write, 1, NULL, 0, NULL);
  int failed = (interest & CEVENTS_READ && read_result < 0) || (interest & CEVENTS_WRITE && write_result < 0);
  return failed ? -errno : 0;
}

void cevents_forget(cevents_poller poller, int descriptor) {
  cevents_watch(poller, descriptor, 0, 0, 0);
}

int cevents_wait(cevents_poller poller, cevents_event *events, int capacity, int milliseconds) {
  struct kevent ready[256];
  if (capacity > 256) capacity = 256;
  struct timespec limit = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  int count = kevent(poller.poller, NULL, 0, ready, capacity, milliseconds < 0 ? NULL : &limit);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  int reported = 0;
  for (int i = 0; i < count; i++) {
    if (ready[i].filter == EVFILT_USER) continue;
    uint32_t readiness = ready[i].filter == EVFILT_READ ? CEVENTS_READ : CEVENTS_WRITE;
    if (ready[i].flags & (EV_EOF | EV_ERROR)) readiness |= CEVENTS_GONE;
    events[reported].token = (uint64_t)ready[i].udata;
    events[reported++].readiness = readiness;
  }
  return reported;
}

static int accept_nonblocking(int listener, struct sockaddr *address, socklen_t *length) {
  int descriptor = accept(listener, address, length);
  if (descriptor < 0) return descriptor;
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  if (make_nonblocking(descriptor) == 0) return descriptor;
  close(descriptor);
  return -1;
}

ssize_t cevents_send(int descriptor, const void *bytes, size_t count) {
  ssize_t sent;
  do sent = send(descriptor, bytes, count, 0);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

#endif

int cevents_accept(int listener, char *address, size_t capacity) {
  struct sockaddr_storage peer;
  socklen_t length = sizeof peer;
  int descriptor = accept_nonblocking(listener, (struct sockaddr *)&peer, &length);
  if (descriptor < 0) return -errno;
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (getnameinfo((struct sockaddr *)&peer, length, address, (socklen_t)capacity, NULL, 0, NI_NUMERICHOST) != 0) {
    address[0] = 0;
  }
  return descriptor;
}

static int listen_on(const struct addrinfo *address, int backlog, uint16_t *port) {
  int descriptor = socket(address->ai_family, SOCK_STREAM, 0);
  if (descriptor < 0) return -errno;
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // An IPv6 wildcard leaves IPv4 to sockets of its own.
  if (address->ai_family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  struct sockaddr_storage bound;
  socklen_t length = sizeof bound;
  if (bind(descriptor, address->ai_addr, address->ai_addrlen) < 0 || listen(descriptor, backlog) < 0 ||
      make_nonblocking(descriptor) < 0 || getsockname(descriptor, (struct sockaddr *)&bound, &length) < 0) {
    int error = errno;
    close(descriptor);
    return -error;
  }
  // The port has the same place in an IPv4 and an IPv6 address.
  *port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
  return descriptor;
}

int cevents_listen(const char *host, uint16_t *port, int backlog, const char **problem) {
  struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found = NULL;
  char service[8];
  snprintf(service, sizeof service, "%u", *port);
  int result = getaddrinfo(host, service, &hints, &found);
  if (result != 0) {
    *problem = gai_strerror(result);
    return -1;
  }
  int descriptor = listen_on(found, backlog, port);
  freeaddrinfo(found);
  return descriptor;
}

ssize_t cevents_receive(int descriptor, void *bytes, size_t count) {
  ssize_t received;
  do received = recv(descriptor, bytes, count, 0);
  while (received < 0 && errno == EINTR);
  return received < 0 ? -errno : received;
}

void cevents_reset_on_close(int descriptor) {
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

int64_t cevents_now(void) {
#ifdef __linux__
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
#else
  return (int64_t)clock_gettime_nsec_np(CLOCK_UPTIME_RAW);
#endif
}
