/*
 * As much of HTTP/2 as one subscriber needs: a connection with one request, whose answer is read for as long as it
 * lasts. Windows are as large as they can be, so nothing is ever to be answered but settings and pings.
 */
#include <stddef.h>
#include <stdint.h>

struct http2 {
  uint8_t head[9], head_size;   /* of the frame being read */
  uint8_t body[8], body_size;   /* its first bytes */
  uint32_t left;                /* how many bytes of it are to come */
  const char *data;             /* HTTP2_DATA: what came; HTTP2_REPLY: what is to be sent */
  size_t size;
  char reply[17];
};

enum http2_what { HTTP2_MORE, HTTP2_OPENED, HTTP2_DATA, HTTP2_REPLY, HTTP2_ENDED };

/* The preface, settings, window and GET of a new connection; returns their length. */
int http2_request(char *out, const char *authority, const char *path);

/* Moves `at` on to what is to be done next. HTTP2_ENDED: the stream or the connection is over, or no 200 came. */
enum http2_what http2_next(struct http2 *h, const char **at, const char *end);
