/*
 * The physical limit: a bare epoll loop that writes the same bytes as the service, and does nothing else. No sessions,
 * no metrics, no checks; one last value for each environment, a keep-alive sweep, and a plain send() for each
 * subscriber. Its cost is the kernel's cost.
 *
 * usage: limit PORT KEEP_ALIVE_SECONDS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_FILES 65536
#define MAX_ENVIRONMENTS 4096

struct environment {
  char name[104];
  int *subscribers;
  int count, room;
  char frame[512];
  int size;
};

static struct { int environment; int place; int64_t last_byte; } streams[MAX_FILES];
static struct environment environments[MAX_ENVIRONMENTS];
static int environment_count, epoll_fd, highest;
static int64_t sequence;

static int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int find(const char *name, size_t length) {
  static int places[4 * MAX_ENVIRONMENTS]; /* open addressing; one more than the index, so that 0 is free */
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)name[i]) * 16777619u;
  for (uint32_t at = hash;; at++) {
    int *place = &places[at % (4 * MAX_ENVIRONMENTS)];
    if (*place == 0) {
      if (environment_count == MAX_ENVIRONMENTS || length > 100) return -1;
      memcpy(environments[environment_count].name, name, length);
      *place = ++environment_count;
      return *place - 1;
    }
    const struct environment *e = &environments[*place - 1];
    if (strncmp(e->name, name, length) == 0 && e->name[length] == 0) return *place - 1;
  }
}

static void drop(int fd) {
  if (streams[fd].environment >= 0) {
    struct environment *e = &environments[streams[fd].environment];
    int moved = e->subscribers[--e->count];
    e->subscribers[streams[fd].place] = moved;
    streams[moved].place = streams[fd].place;
    streams[fd].environment = -1;
  }
  close(fd);
}

static void put(int fd, const char *bytes, int size) {
  if (send(fd, bytes, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT) == size) streams[fd].last_byte = now_ms();
}

static void subscribe(int fd, int environment) {
  static const char head[] =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache, no-transform\r\n"
      "X-Accel-Buffering: no\r\nAccess-Control-Allow-Origin: *\r\nConnection: keep-alive\r\n"
      "Transfer-Encoding: chunked\r\n\r\n1c\r\n: connected\nretry: 3000   \n\n\r\n";
  struct environment *e = &environments[environment];
  if (e->count == e->room) {
    e->room = e->room ? e->room * 2 : 16;
    e->subscribers = realloc(e->subscribers, sizeof(int) * (size_t)e->room);
  }
  streams[fd].environment = environment;
  streams[fd].place = e->count;
  e->subscribers[e->count++] = fd;
  char both[1024];
  memcpy(both, head, sizeof head - 1);
  memcpy(both + sizeof head - 1, e->frame, (size_t)e->size);
  put(fd, both, (int)(sizeof head - 1) + e->size);
}

static void publish(struct environment *e, const char *body, int length) {
  char event[400];
  int size = snprintf(event, sizeof event, "event: environment_updated\nid: %ld-%.*s\ndata: %.*s\n\n", (long)++sequence,
                      length > 15 ? length - 15 : 0, body + 14, length, body);
  e->size = snprintf(e->frame, sizeof e->frame, "%x\r\n%s\r\n", (unsigned)size, event);
  for (int i = 0; i < e->count; i++) put(e->subscribers[i], e->frame, e->size);
}

static void serve(int fd) {
  char request[4096];
  ssize_t size = read(fd, request, sizeof request - 1);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return drop(fd);
  request[size] = 0;
  char *path = strstr(request, "/sse/environments/");
  if (path == NULL) return drop(fd);
  path += 18;
  char *end = strchr(path, '/');
  int environment = end == NULL ? -1 : find(path, (size_t)(end - path));
  if (environment < 0) return drop(fd);
  if (request[0] == 'G') return subscribe(fd, environment);
  char *body = strstr(request, "\r\n\r\n");
  if (body == NULL) return drop(fd);
  body += 4;
  publish(&environments[environment], body, (int)(request + size - body));
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  put(fd, answer, sizeof answer - 1);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int64_t keep_alive_ms = atol(argv[2]) * 1000, next_sweep = now_ms() + 1000;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) {
    perror("limit");
    return 1;
  }
  epoll_fd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
  for (int i = 0; i < MAX_FILES; i++) streams[i].environment = -1;
  for (struct epoll_event ready[1024];;) {
    int64_t now = now_ms();
    if (now >= next_sweep) {
      next_sweep = now + 1000;
      for (int fd = 0; fd <= highest; fd++)
        if (streams[fd].environment >= 0 && now - streams[fd].last_byte >= keep_alive_ms)
          put(fd, "3\r\n:\n\n\r\n", 8);
    }
    int count = epoll_wait(epoll_fd, ready, 1024, (int)(next_sweep - now));
    for (int i = 0; i < count; i++) {
      int fd = ready[i].data.fd;
      if (fd != listener) {
        serve(fd);
        continue;
      }
      for (int one; (one = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        if (one >= MAX_FILES) {
          close(one);
          continue;
        }
        setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        streams[one].environment = -1;
        if (one > highest) highest = one;
        event = (struct epoll_event){.events = EPOLLIN, .data.fd = one};
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, one, &event);
      }
    }
  }
}
