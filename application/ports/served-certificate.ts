/** The certificate that the listeners with TLS show. */
export interface ServedCertificate {
  /** When it ceases to be valid, in milliseconds since 1970; undefined before one is in use. */
  readonly notAfterMs: number | undefined;
}
