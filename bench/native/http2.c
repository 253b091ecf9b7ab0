#include "http2.h"
#include <string.h>

enum { DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION };
enum { ACK = 1, END_STREAM = 1, END_HEADERS = 4, PADDED = 8, PRIORITISED = 32 };
#define STREAM 1
#define WINDOW_SIZE 0x7fffffffu

static char *put32(char *out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *out++ = (char)(value >> shift);
  return out;
}

static char *put_head(char *out, uint32_t size, uint8_t type, uint8_t flags, uint32_t stream) {
  out = put32(out, size << 8 | type); /* three bytes of length, and the type */
  *out++ = (char)flags;
  return put32(out, stream);
}

/* A string without Huffman coding, of at most 126 bytes, so that its length is one byte. */
static char *put_string(char *out, const char *text) {
  size_t size = strlen(text);
  *out++ = (char)size;
  memcpy(out, text, size);
  return out + size;
}

int http2_request(char *out, const char *authority, const char *path) {
  static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  char *at = out;
  memcpy(at, preface, sizeof preface - 1);
  at += sizeof preface - 1;
  at = put_head(at, 12, SETTINGS, 0, 0);
  *at++ = 0, *at++ = 2, at = put32(at, 0);           /* no push */
  *at++ = 0, *at++ = 4, at = put32(at, WINDOW_SIZE); /* of each stream */
  at = put_head(at, 4, WINDOW, 0, 0);
  at = put32(at, WINDOW_SIZE - 65535);
  /* The numbers are those of HPACK's static table (RFC 7541, appendix A). */
  char block[400], *end = block;
  *end++ = (char)(0x80 | 2); /* :method GET */
  *end++ = (char)(0x80 | 7); /* :scheme https */
  *end++ = 4;                /* :path, and so on, not to be indexed */
  end = put_string(end, path);
  *end++ = 1; /* :authority */
  end = put_string(end, authority);
  *end++ = 15, *end++ = 19 - 15; /* accept */
  end = put_string(end, "text/event-stream");
  at = put_head(at, (uint32_t)(end - block), HEADERS, END_STREAM | END_HEADERS, STREAM);
  memcpy(at, block, (size_t)(end - block));
  return (int)(at + (end - block) - out);
}

static enum http2_what reply(struct http2 *h, char *end) {
  h->data = h->reply;
  h->size = (size_t)(end - h->reply);
  return HTTP2_REPLY;
}

/* Handles a frame that has been read completely. */
static enum http2_what whole(struct http2 *h) {
  uint8_t type = h->head[3], flags = h->head[4];
  h->head_size = 0;
  switch (type) {
    case HEADERS: {
      if ((flags & (END_STREAM | PADDED | PRIORITISED)) || !(flags & END_HEADERS)) return HTTP2_ENDED;
      int at = 0;
      while (at < h->body_size && (h->body[at] & 0xe0) == 0x20) at++; /* a new size of the table comes first */
      return at < h->body_size && h->body[at] == (0x80 | 8) ? HTTP2_OPENED : HTTP2_ENDED; /* :status 200 */
    }
    case DATA: return flags & END_STREAM ? HTTP2_ENDED : HTTP2_MORE;
    case SETTINGS: return flags & ACK ? HTTP2_MORE : reply(h, put_head(h->reply, 0, SETTINGS, ACK, 0));
    case PING: {
      if (flags & ACK) return HTTP2_MORE;
      char *at = put_head(h->reply, 8, PING, ACK, 0);
      memcpy(at, h->body, 8);
      return reply(h, at + 8);
    }
    case RESET:
    case GOAWAY:
    case CONTINUATION: return HTTP2_ENDED;
    default: return HTTP2_MORE;
  }
}

enum http2_what http2_next(struct http2 *h, const char **at, const char *end) {
  while (*at < end) {
    if (h->head_size < sizeof h->head) {
      h->head[h->head_size++] = (uint8_t) * (*at)++;
      if (h->head_size < sizeof h->head) continue;
      h->left = (uint32_t)h->head[0] << 16 | (uint32_t)h->head[1] << 8 | h->head[2];
      h->body_size = 0;
      if (h->head[3] == DATA && h->head[4] & PADDED) return HTTP2_ENDED;
    } else {
      size_t size = (size_t)(end - *at) < h->left ? (size_t)(end - *at) : h->left;
      const char *from = *at;
      *at += size;
      h->left -= (uint32_t)size;
      if (h->head[3] == DATA && size > 0) {
        if (h->left == 0) {
          if (h->head[4] & END_STREAM) return HTTP2_ENDED;
          h->head_size = 0;
        }
        h->data = from;
        h->size = size;
        return HTTP2_DATA;
      }
      for (size_t i = 0; i < size && h->body_size < sizeof h->body; i++) h->body[h->body_size++] = (uint8_t)from[i];
    }
    if (h->left > 0) continue;
    enum http2_what what = whole(h);
    if (what != HTTP2_MORE) return what;
  }
  return HTTP2_MORE;
}
