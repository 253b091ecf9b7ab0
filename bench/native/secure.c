#include "secure.h"
#include <openssl/ssl.h>
#include <string.h>

static SSL_CTX *context;
static int insists_on_h2;

/* The handle is OpenSSL's own; nothing is added to it. */
static SSL *ssl_of(struct secure *s) { return (SSL *)s; }

static int take_any(X509_STORE_CTX *chain, void *nothing) {
  (void)chain, (void)nothing;
  return 1;
}

int secure_prepare(const char *protocol) {
  unsigned char offered[16];
  size_t length = strlen(protocol);
  if (length >= sizeof offered || (context = SSL_CTX_new(TLS_client_method())) == NULL) return 0;
  offered[0] = (unsigned char)length;
  memcpy(offered + 1, protocol, length);
  insists_on_h2 = strcmp(protocol, "h2") == 0;
  /* Otherwise the chain would still be verified, and the result ignored. */
  SSL_CTX_set_cert_verify_callback(context, take_any, NULL);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  /* Idle connections release their buffers; a record is read with one system call instead of two. */
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") == 1 &&
         SSL_CTX_set1_groups_list(context, "X25519") == 1 &&
         SSL_CTX_set_alpn_protos(context, offered, (unsigned)length + 1) == 0;
}

struct secure *secure_begin(int fd) {
  SSL *ssl = SSL_new(context);
  if (ssl != NULL && SSL_set_fd(ssl, fd) == 1) return (struct secure *)ssl;
  SSL_free(ssl);
  return NULL;
}

enum secure_outcome secure_handshake(struct secure *s) {
  int result = SSL_connect(ssl_of(s));
  if (result == 1) {
    const unsigned char *chosen;
    unsigned length;
    SSL_get0_alpn_selected(ssl_of(s), &chosen, &length);
    return insists_on_h2 && length != 2 ? SECURE_FAILED : SECURE_DONE;
  }
  switch (SSL_get_error(ssl_of(s), result)) {
    case SSL_ERROR_WANT_READ: return SECURE_WANTS_READ;
    case SSL_ERROR_WANT_WRITE: return SECURE_WANTS_WRITE;
    default: return SECURE_FAILED;
  }
}

ssize_t secure_read(struct secure *s, char *out, size_t size) {
  int result = SSL_read(ssl_of(s), out, (int)size);
  if (result > 0) return result;
  return SSL_get_error(ssl_of(s), result) == SSL_ERROR_WANT_READ ? 0 : -1;
}

int secure_holds_more(struct secure *s) { return SSL_has_pending(ssl_of(s)); }

int secure_write(struct secure *s, const char *bytes, size_t size) {
  return SSL_write(ssl_of(s), bytes, (int)size) == (int)size;
}

void secure_end(struct secure *s) { SSL_free(ssl_of(s)); }
