/*
 * A connection through TLS, by OpenSSL (secure.c); secure-none.c stands in for it where the clear is enough.
 *
 * Every server is offered the same: TLS 1.3, one cipher and one group, and no session is ever resumed. So they all have
 * the same work, and a handshake is a whole one.
 */
#include <sys/types.h>

struct secure;

enum secure_outcome { SECURE_DONE, SECURE_WANTS_READ, SECURE_WANTS_WRITE, SECURE_FAILED };

/* To be called once, before the first connection; 0: there is no TLS here. What is offered by ALPN; "h2" is insisted on. */
int secure_prepare(const char *protocol);
struct secure *secure_begin(int fd);
enum secure_outcome secure_handshake(struct secure *s);
/* How many bytes came; 0: none yet; -1: the connection is over. */
ssize_t secure_read(struct secure *s, char *out, size_t size);
/* Whether a read may give more without another look at the socket. */
int secure_holds_more(struct secure *s);
int secure_write(struct secure *s, const char *bytes, size_t size);
/* Frees it, and says no goodbye to the peer. */
void secure_end(struct secure *s);
