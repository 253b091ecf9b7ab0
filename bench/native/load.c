/*
 * The load generator: thousands of subscribers on raw sockets and any number of posting connections, in one thread.
 *
 * It takes commands on standard input, a line each (`open n=15000 envs=1`), and answers each with a line of JSON. It
 * serves its sockets all the time, between commands too, so that what it measures is the server's time and not its own.
 *
 * An update's value is the microsecond at which it was posted, and values only grow. So any process can tell from an
 * event how long it took, and an event with a newer value stands for the older ones.
 *
 * Subscribers connect in the clear or, where it is linked with secure.c, through TLS with HTTP/1.1 or HTTP/2, each on its
 * own connection. Posts go in the clear, so that they cost the same everywhere.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
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
#include "http2.h"
#include "secure.h"

#define MAX_CONNECTIONS 65536
#define MAX_ENVIRONMENTS 4096
#define BUFFER (64 * 1024)
#define FIRST_PORT 10000
#define PORTS 50000
#define PATTERN "\"updated_at\":"
#define PATTERN_LENGTH 13

enum kind { FREE, STREAM, POSTER };
enum state { CONNECTING, SHAKING, WAITING, OPEN, IDLE, BUSY };
enum protocol { CLEAR, TLS_HTTP1, TLS_HTTP2 };

struct connection {
  int fd;
  uint8_t kind, state, deaf, matched, counted;
  int environment;
  int64_t value, last;          /* stream: the number being read, and the newest received */
  int64_t began;                /* when its connect or its post began, in microseconds */
  int flooding;                 /* poster: its post belongs to the flood */
  int received, expected;       /* poster: bytes of the answer, and how many it has (0: not known yet) */
  char answer[512];
  struct secure *secure;        /* stream through TLS */
  struct http2 http2;
};

/* Log-linear: 64 steps to each power of two, so a percentile is within 1.6 %. */
#define STEPS 64
#define BUCKETS (40 * STEPS)
struct histogram { uint64_t count, buckets[BUCKETS]; int64_t max; };

struct environment {
  int streams;                  /* those that read */
  int heard;                    /* how many of them have heard the newest */
  int64_t newest;
  int64_t *posted;              /* every value that was posted here, in order */
  int posts, room;
};

static struct connection *connections;
static int top;                 /* connections in use lie below it */
static struct environment environments[MAX_ENVIRONMENTS];
static int environment_count = 1, incomplete;
static const char *prefix = "env";
static int epoll_fd, sources = 4, first_source = 1, next_source;
static struct sockaddr_in target, post_target;
static enum protocol protocol;
static struct histogram latency, answers, flood_answers, opening, reach;
static int64_t last_value, events, replays, closed_by_peer, post_errors, posts_done, flood_done, flood_errors;
static char buffer[BUFFER];

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t cpu_us(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000LL + r.ru_utime.tv_usec + r.ru_stime.tv_usec;
}

static void sample(struct histogram *h, int64_t us) {
  if (us < 0) us = 0;
  if (us > h->max) h->max = us;
  int bucket = (int)us;
  if (us >= STEPS) {
    int power = 63 - __builtin_clzll((uint64_t)us) - 6;
    bucket = (power + 1) * STEPS + (int)((us >> power) - STEPS);
  }
  h->buckets[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
  h->count++;
}

static int64_t percentile(const struct histogram *h, double p) {
  uint64_t wanted = (uint64_t)(p / 100 * (double)h->count), seen = 0;
  if (wanted >= h->count) return h->max;
  for (int i = 0; i < BUCKETS; i++) {
    seen += h->buckets[i];
    if (seen > wanted) {
      if (i < STEPS) return i;
      int power = i / STEPS - 1;
      return ((int64_t)(i % STEPS + STEPS) << power) + ((int64_t)1 << power) / 2;
    }
  }
  return h->max;
}

static void print_histogram(const char *name, const struct histogram *h) {
  static const double points[] = {1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9};
  printf("\"%s\":{\"count\":%lu,\"maxUs\":%ld,\"percentilesUs\":[", name, (unsigned long)h->count, (long)h->max);
  for (size_t i = 0; i < sizeof points / sizeof *points; i++)
    printf("%s[%g,%ld]", i ? "," : "", points[i], (long)percentile(h, points[i]));
  printf("]}");
}

static const char *name_of(int environment) {
  static char name[64];
  if (environment_count == 1) return prefix;
  snprintf(name, sizeof name, "%s%d", prefix, environment);
  return name;
}

static void watch(struct connection *c, uint32_t what, int operation) {
  struct epoll_event event = {.events = what, .data.ptr = c};
  epoll_ctl(epoll_fd, operation, c->fd, &event);
}

/*
 * Several source addresses, because one has at most 65,536 ports. We choose the port, too: with tens of thousands of
 * connections to one address the kernel takes a millisecond to find a free one. A port that an earlier run left in
 * TIME_WAIT may be refused by bind or by connect.
 */
static int connect_from_somewhere(const struct sockaddr_in *to, int deaf) {
  int on = 1, small = 4096;
  for (int tries = 0; tries < 100; tries++) {
    int turn = next_source++, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (deaf) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(0x7f000001 + (uint32_t)(first_source + turn % sources));
    source.sin_port = htons((uint16_t)(FIRST_PORT + turn / sources % PORTS));
    if (bind(fd, (struct sockaddr *)&source, sizeof source) == 0 &&
        (connect(fd, (const struct sockaddr *)to, sizeof *to) == 0 || errno == EINPROGRESS))
      return fd;
    close(fd);
  }
  return -1;
}

static struct connection *dial(enum kind kind, int environment, int deaf) {
  if (top == MAX_CONNECTIONS) return NULL;
  int fd = connect_from_somewhere(kind == POSTER ? &post_target : &target, deaf);
  if (fd < 0) return NULL;
  struct connection *c = &connections[top++];
  *c = (struct connection){.fd = fd, .kind = kind, .environment = environment, .deaf = deaf, .began = now_us()};
  c->last = environments[environment].newest;
  watch(c, EPOLLOUT, EPOLL_CTL_ADD);
  return c;
}

static void hang_up(struct connection *c) {
  if (c->secure != NULL) secure_end(c->secure);
  c->secure = NULL;
  /* With a reset, so that no port stays in TIME_WAIT for a minute. */
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(c->fd);
  c->fd = -1;
  c->kind = FREE;
}

/* ---- the command in progress ---- */

enum operation { NONE, OPENING, RUNNING, SETTLING };
static struct {
  enum operation kind;
  int64_t began, cpu, deadline;
  /* opening */
  int wanted, dialled, opened, failed, in_flight, max_in_flight, envs, first, deaf_every, expect, greeted;
  /* running */
  int rounds, round, in_round, round_size, every_us, pool, flood, flood_first, flood_envs, flood_rate;
  int64_t next_due, seconds_us, round_began, flood_sent, flood_until;
  int flood_turn, updating;
  /* settling */
  int64_t value;
} op;

static long argument(const char *line, const char *name, long otherwise) {
  char key[64];
  snprintf(key, sizeof key, " %s=", name);
  const char *at = strstr(line, key);
  return at ? atol(at + strlen(key)) : otherwise;
}

static void reset_statistics(void) {
  memset(&latency, 0, sizeof latency);
  memset(&answers, 0, sizeof answers);
  memset(&flood_answers, 0, sizeof flood_answers);
  memset(&opening, 0, sizeof opening);
  memset(&reach, 0, sizeof reach);
  events = replays = closed_by_peer = post_errors = posts_done = flood_done = flood_errors = 0;
}

static void note_posted(int environment, int64_t value) {
  struct environment *e = &environments[environment];
  if (e->streams == 0) return;
  if (e->posts == e->room) {
    e->room = e->room ? e->room * 2 : 256;
    e->posted = realloc(e->posted, sizeof(int64_t) * (size_t)e->room);
  }
  e->posted[e->posts++] = value;
  if (e->heard == e->streams) incomplete++;
  e->heard = 0;
  e->newest = value;
}

static void post(struct connection *c, int environment, int flooding) {
  char request[512], body[64];
  int64_t value = now_us();
  if (value <= last_value) value = last_value + 1;
  last_value = value;
  int length = snprintf(body, sizeof body, "{\"updated_at\":%ld.%06ld}", (long)(value / 1000000), (long)(value % 1000000));
  int size = snprintf(request, sizeof request,
                      "POST /sse/environments/%s/queue-change HTTP/1.1\r\nHost: bench\r\n"
                      "Authorization: Token bench-token\r\nContent-Type: application/json\r\n"
                      "Content-Length: %d\r\n\r\n%s",
                      name_of(environment), length, body);
  c->state = BUSY;
  c->began = value;
  c->flooding = flooding;
  c->received = c->expected = 0;
  note_posted(environment, value);
  if (write(c->fd, request, (size_t)size) != size) post_errors++;
}

static void heard(struct connection *c, int64_t value, int64_t now) {
  struct environment *e = &environments[c->environment];
  if (!c->counted) {
    c->counted = 1;
    op.greeted++;
  }
  if (value <= c->last) {
    replays++;
    return;
  }
  events++;
  /* The oldest that it had not received: updates that a merge left out waited for this event too. */
  int64_t oldest = value;
  int low = 0, high = e->posts;
  while (low < high) {
    int middle = (low + high) / 2;
    if (e->posted[middle] > c->last) high = middle;
    else low = middle + 1;
  }
  if (low < e->posts && e->posted[low] < oldest) oldest = e->posted[low];
  if (!c->deaf) sample(&latency, now - oldest);
  c->last = value;
  if (value == e->newest && !c->deaf && ++e->heard == e->streams) incomplete--;
}

static void lost(struct connection *c) {
  if (c->kind == STREAM) {
    struct environment *e = &environments[c->environment];
    if (c->state == OPEN) {
      closed_by_peer++;
      if (!c->deaf) {
        int was = e->heard == e->streams;
        if (e->heard > 0 && c->last == e->newest) e->heard--;
        e->streams--;
        if (!was && e->heard == e->streams) incomplete--;
      }
    } else if (op.kind == OPENING) {
      op.failed++;
      op.in_flight--;
    }
  } else post_errors++;
  hang_up(c);
}

static void opened(struct connection *c, int64_t now) {
  c->state = OPEN;
  sample(&opening, now - c->began);
  op.opened++;
  op.in_flight--;
  if (c->deaf) return watch(c, 0, EPOLL_CTL_DEL);
  struct environment *e = &environments[c->environment];
  int was = e->heard == e->streams;
  e->streams++;
  if (c->last == e->newest) e->heard++;
  if (was && e->heard != e->streams) incomplete++;
}

static void look_for_updates(struct connection *c, const char *bytes, size_t size, int64_t now) {
  for (size_t i = 0; i < size; i++) {
    char byte = bytes[i];
    if (c->matched < PATTERN_LENGTH) {
      if (byte == PATTERN[c->matched]) {
        if (++c->matched == PATTERN_LENGTH) c->value = 0;
      } else c->matched = byte == '"';
    } else if (byte >= '0' && byte <= '9') c->value = c->value * 10 + (byte - '0');
    else if (byte != '.') {
      c->matched = 0;
      heard(c, c->value, now);
    }
  }
}

/* Returns whether the stream continues. */
static int take_http1(struct connection *c, const char *bytes, size_t size, int64_t now) {
  if (c->state == WAITING) {
    if (size < 12 || memcmp(bytes, "HTTP/1.1 200", 12) != 0) return 0;
    opened(c, now);
  }
  look_for_updates(c, bytes, size, now);
  return 1;
}

static int take_http2(struct connection *c, const char *bytes, size_t size, int64_t now) {
  const char *at = bytes;
  for (;;) switch (http2_next(&c->http2, &at, bytes + size)) {
      case HTTP2_MORE: return 1;
      case HTTP2_ENDED: return 0;
      case HTTP2_DATA: look_for_updates(c, c->http2.data, c->http2.size, now); break;
      case HTTP2_OPENED:
        if (c->state != WAITING) return 0; /* trailers, or an answer too many */
        opened(c, now);
        break;
      case HTTP2_REPLY:
        if (!secure_write(c->secure, c->http2.data, c->http2.size)) return 0;
        break;
    }
}

static void read_secure_stream(struct connection *c) {
  do {
    ssize_t size = secure_read(c->secure, buffer, BUFFER);
    if (size == 0) return;
    if (size < 0) return lost(c);
    int64_t now = now_us();
    if (!(protocol == TLS_HTTP2 ? take_http2 : take_http1)(c, buffer, (size_t)size, now)) return lost(c);
  } while (secure_holds_more(c->secure));
}

static void read_stream(struct connection *c) {
  if (c->secure != NULL) return read_secure_stream(c);
  ssize_t size = read(c->fd, buffer, BUFFER);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0 || !take_http1(c, buffer, (size_t)size, now_us())) lost(c);
}

static void read_answer(struct connection *c) {
  ssize_t size = read(c->fd, c->answer + c->received, sizeof c->answer - 1 - (size_t)c->received);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return lost(c);
  c->received += (int)size;
  c->answer[c->received] = 0;
  if (c->expected == 0) {
    char *end = strstr(c->answer, "\r\n\r\n"), *length = strcasestr(c->answer, "content-length:");
    if (end == NULL) return;
    c->expected = (int)(end + 4 - c->answer) + (length && length < end ? atoi(length + 15) : 0);
  }
  if (c->received < c->expected) return;
  int is_ok = c->answer[9] == '2';
  int64_t took = now_us() - c->began;
  c->state = IDLE;
  if (c->flooding) {
    flood_done++;
    if (is_ok) sample(&flood_answers, took);
    else flood_errors++;
  } else {
    posts_done++;
    if (is_ok) sample(&answers, took);
    else post_errors++;
  }
}

static void subscribe(struct connection *c) {
  char request[512], path[128];
  snprintf(path, sizeof path, "/sse/environments/%s/stream", name_of(c->environment));
  int size = protocol == TLS_HTTP2
                 ? http2_request(request, "bench", path)
                 : snprintf(request, sizeof request,
                            "GET %s HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n", path);
  c->state = WAITING;
  watch(c, EPOLLIN, EPOLL_CTL_MOD);
  if (c->secure != NULL) {
    if (!secure_write(c->secure, request, (size_t)size)) lost(c);
    return;
  }
  if (write(c->fd, request, (size_t)size) != size) lost(c);
}

static void shake(struct connection *c) {
  switch (secure_handshake(c->secure)) {
    case SECURE_DONE: return subscribe(c);
    case SECURE_WANTS_READ: return watch(c, EPOLLIN, EPOLL_CTL_MOD);
    case SECURE_WANTS_WRITE: return watch(c, EPOLLOUT, EPOLL_CTL_MOD);
    case SECURE_FAILED: lost(c);
  }
}

static void connected(struct connection *c) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return lost(c);
  if (c->kind == POSTER) {
    c->state = IDLE;
    return watch(c, EPOLLIN, EPOLL_CTL_MOD);
  }
  if (protocol != CLEAR) {
    c->state = SHAKING;
    c->secure = secure_begin(c->fd);
    return c->secure == NULL ? lost(c) : shake(c);
  }
  subscribe(c);
}

/* ---- posting ---- */

static struct connection *posters[1024];
static int poster_count;

static struct connection *idle_poster(int from, int to) {
  for (int i = from; i < to && i < poster_count; i++)
    if (posters[i]->kind == POSTER && posters[i]->state == IDLE) return posters[i];
  return NULL;
}

static void want_posters(int count) {
  if (count > 1024) count = 1024;
  while (poster_count < count) {
    struct connection *c = dial(POSTER, 0, 0);
    if (c == NULL) {
      post_errors++;
      break;
    }
    posters[poster_count++] = c;
  }
}

static int posters_settled(void) {
  for (int i = 0; i < poster_count; i++)
    if (posters[i]->kind == POSTER && posters[i]->state != IDLE) return 0;
  return 1;
}

static void advance_updates(int64_t now) {
  struct connection *c;
  if (op.every_us > 0) {
    while (op.round < op.rounds && now >= op.next_due && (c = idle_poster(0, op.pool)) != NULL) {
      post(c, op.first + op.round % op.envs, 0);
      op.round++;
      op.next_due += op.every_us;
    }
    if (op.round == op.rounds) op.updating = 0;
    return;
  }
  /* A round posts to each environment, as fast as the pool allows, and ends when every subscriber has received it. */
  if (op.in_round == op.round_size && incomplete == 0 && posters_settled()) {
    sample(&reach, now - op.round_began);
    op.in_round = 0;
    if (++op.round == op.rounds) {
      op.updating = 0;
      return;
    }
  }
  if (op.in_round == 0) op.round_began = now;
  while (op.in_round < op.round_size && (c = idle_poster(0, op.pool)) != NULL) {
    post(c, op.first + op.in_round % op.envs, 0);
    op.in_round++;
  }
}

static void advance_flood(int64_t now) {
  struct connection *c;
  int64_t allowed = INT64_MAX;
  if (op.flood_rate > 0) allowed = (now - op.began) * op.flood_rate / 1000000;
  /* Each idle connection is visited once: a closed loop keeps all of them busy. */
  for (int i = op.pool; i < op.pool + op.flood && i < poster_count && op.flood_sent < allowed; i++) {
    c = posters[i];
    if (c->kind != POSTER || c->state != IDLE) continue;
    post(c, op.flood_first + op.flood_turn++ % op.flood_envs, 1);
    op.flood_sent++;
  }
}

static void finish(const char *what) {
  int64_t now = now_us();
  int64_t behind = 0, open_streams = 0;
  for (int i = 0; i < top; i++) {
    struct connection *c = &connections[i];
    if (c->kind != STREAM || c->state != OPEN) continue;
    open_streams++;
    int64_t wanted = op.kind == SETTLING ? op.value : environments[c->environment].newest;
    if (!c->deaf && c->last < wanted) behind++;
  }
  printf("{\"outcome\":\"%s\",\"us\":%ld,\"cpuUs\":%ld,\"streams\":%ld,\"opened\":%d,\"failed\":%d,\"greeted\":%d,"
         "\"events\":%ld,\"replays\":%ld,\"behind\":%ld,\"closedByPeer\":%ld,\"posts\":%ld,\"postErrors\":%ld,"
         "\"floodPosts\":%ld,\"floodErrors\":%ld,\"lastValue\":%ld,",
         what, (long)(now - op.began), (long)(cpu_us() - op.cpu), (long)open_streams, op.opened, op.failed, op.greeted,
         (long)events, (long)replays, (long)behind, (long)closed_by_peer, (long)posts_done, (long)post_errors,
         (long)flood_done, (long)flood_errors, (long)last_value);
  print_histogram("latency", &latency);
  printf(",");
  print_histogram("answers", &answers);
  printf(",");
  print_histogram("floodAnswers", &flood_answers);
  printf(",");
  print_histogram("opening", &opening);
  printf(",");
  print_histogram("reach", &reach);
  printf("}\n");
  fflush(stdout);
  op.kind = NONE;
}

/* Advances the command. Returns for how many milliseconds only the sockets need to be served. */
static int advance(void) {
  int64_t now = now_us();
  if (op.kind == NONE) return -1;
  if (op.kind == OPENING) {
    while (op.dialled < op.wanted && op.in_flight < op.max_in_flight) {
      int deaf = op.deaf_every > 0 && op.dialled % op.deaf_every == 0;
      if (dial(STREAM, op.first + op.dialled % op.envs, deaf) == NULL) op.failed++;
      else op.in_flight++;
      op.dialled++;
    }
    if (op.opened + op.failed == op.wanted && (!op.expect || op.greeted >= op.opened)) finish("done");
    else if (now > op.deadline) finish("timeout");
    return 10;
  }
  if (op.kind == RUNNING) {
    if (op.updating) advance_updates(now);
    int flooding = op.flood > 0 && (op.updating || now < op.flood_until);
    if (flooding) advance_flood(now);
    if (!op.updating && !flooding && incomplete == 0 && posters_settled()) finish("done");
    else if (now > op.deadline) finish("timeout");
    if (flooding && op.flood_rate > 0) return 1;
    if (op.every_us > 0 && op.updating) {
      int64_t wait = (op.next_due - now) / 1000;
      return wait < 0 ? 0 : wait > 10 ? 10 : (int)wait;
    }
    return 10;
  }
  int behind = 0;
  for (int i = 0; i < top && !behind; i++)
    behind = connections[i].kind == STREAM && connections[i].state == OPEN && !connections[i].deaf &&
             connections[i].last < op.value;
  if (!behind) finish("done");
  else if (now > op.deadline) finish("timeout");
  return 1;
}

static void hang_up_all(void) {
  for (int i = 0; i < top; i++)
    if (connections[i].kind != FREE) hang_up(&connections[i]);
  for (int i = 0; i < MAX_ENVIRONMENTS; i++) {
    free(environments[i].posted);
    environments[i] = (struct environment){.newest = environments[i].newest};
  }
  top = poster_count = incomplete = 0;
}

static void begin(const char *line) {
  memset(&op, 0, sizeof op);
  op.began = now_us();
  op.cpu = cpu_us();
  op.deadline = op.began + argument(line, "timeout_ms", 60000) * 1000;
  op.envs = (int)argument(line, "envs", 1);
  op.first = (int)argument(line, "first", 0);
  if (!strncmp(line, "target ", 7)) {
    target = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)argument(line, "port", 0))};
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    post_target = target;
    post_target.sin_port = htons((uint16_t)argument(line, "post_port", argument(line, "port", 0)));
    protocol = (enum protocol)argument(line, "protocol", CLEAR);
    if (protocol != CLEAR && !secure_prepare(protocol == TLS_HTTP2 ? "h2" : "http/1.1")) return finish("no TLS");
    environment_count = (int)argument(line, "environments", 1);
    sources = (int)argument(line, "sources", 4);
    first_source = (int)argument(line, "first_source", 1);
    const char *name = strstr(line, " name=");
    static char held[64];
    if (name != NULL && sscanf(name, " name=%63s", held) == 1) prefix = held;
    return finish("done");
  }
  if (!strncmp(line, "open ", 5)) {
    op.kind = OPENING;
    op.wanted = (int)argument(line, "n", 0);
    op.max_in_flight = (int)argument(line, "in_flight", 256);
    op.deaf_every = (int)argument(line, "deaf_every", 0);
    op.expect = (int)argument(line, "expect", 0);
    return reset_statistics();
  }
  if (!strncmp(line, "run ", 4)) {
    op.kind = RUNNING;
    op.rounds = (int)argument(line, "updates", 0);
    op.every_us = (int)argument(line, "every_us", 0);
    op.pool = (int)argument(line, "pool", 1);
    op.round_size = (int)argument(line, "burst", op.envs);
    op.flood = (int)argument(line, "flood", 0);
    op.flood_rate = (int)argument(line, "flood_rate", 0);
    op.flood_first = (int)argument(line, "flood_first", 0);
    op.flood_envs = (int)argument(line, "flood_envs", 1);
    op.flood_until = op.began + argument(line, "flood_ms", 0) * 1000;
    op.next_due = op.began;
    op.updating = op.rounds > 0;
    reset_statistics();
    return want_posters(op.pool + op.flood);
  }
  if (!strncmp(line, "settle", 6)) {
    op.kind = SETTLING;
    const char *value = strstr(line, " value=");
    op.value = value ? atoll(value + 7) : 0;
    return;
  }
  if (!strncmp(line, "reset", 5)) reset_statistics();
  else if (!strncmp(line, "close", 5)) hang_up_all();
  else return finish("unknown");
  finish("done");
}

int main(void) {
  static char commands[4096];
  size_t held = 0;
  struct epoll_event ready[1024];
  connections = calloc(MAX_CONNECTIONS, sizeof *connections);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  epoll_fd = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &input);
  for (;;) {
    for (char *end; op.kind == NONE && (end = memchr(commands, '\n', held)) != NULL;) {
      *end = 0;
      begin(commands);
      held -= (size_t)(end + 1 - commands);
      memmove(commands, end + 1, held);
    }
    int wait = advance();
    int count = epoll_wait(epoll_fd, ready, 1024, wait);
    for (int i = 0; i < count; i++) {
      struct connection *c = ready[i].data.ptr;
      if (c == NULL) {
        ssize_t size = read(0, commands + held, sizeof commands - 1 - held);
        if (size <= 0) {
          hang_up_all();
          return 0;
        }
        held += (size_t)size;
      } else if (c->kind == FREE) continue;
      else if (c->state == CONNECTING) connected(c);
      else if (c->state == SHAKING) shake(c);
      else if (c->kind == STREAM) read_stream(c);
      else if (c->state == BUSY) read_answer(c);
      else lost(c);
    }
  }
}
