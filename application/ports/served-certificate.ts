/** The certificate that the listeners with TLS present. */
export interface ServedCertificate {
  /** When it expires, in milliseconds since 1970; undefined before one is in use. */
  readonly notAfterMs: number | undefined;
}
