/**
 * What is offered of TLS 1.2, by OpenSSL's names: suites with forward secrecy and authenticated encryption. Defaults of
 * both transports have others as well. TLS 1.3 has no other kind.
 */
export const TLS_1_2_SUITES: readonly string[] = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];
