/* A generator for servers in the clear, which needs no OpenSSL: it refuses to prepare, so nothing else is ever called. */
#include "secure.h"
#include <stdlib.h>

int secure_prepare(const char *protocol) {
  (void)protocol;
  return 0;
}

struct secure *secure_begin(int fd) {
  (void)fd;
  abort();
}

enum secure_outcome secure_handshake(struct secure *s) {
  (void)s;
  abort();
}

ssize_t secure_read(struct secure *s, char *out, size_t size) {
  (void)s, (void)out, (void)size;
  abort();
}

int secure_holds_more(struct secure *s) {
  (void)s;
  abort();
}

int secure_write(struct secure *s, const char *bytes, size_t size) {
  (void)s, (void)bytes, (void)size;
  abort();
}

void secure_end(struct secure *s) {
  (void)s;
  abort();
}
