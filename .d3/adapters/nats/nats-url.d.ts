/** Where NATS is, and who we are there. */
export interface NatsAddress {
    /** `host:port`, an IPv6 host in brackets: what the client takes. At least one, without credentials. */
    readonly servers: readonly string[];
    /** At least one URL said `tls://`, so a connection without TLS is refused. */
    readonly tls: boolean;
    readonly credentials: NatsCredentials | undefined;
    /** For log lines: the same URLs with `***` in the place of credentials. */
    readonly redacted: string;
}
export type NatsCredentials = {
    readonly kind: 'token';
    readonly token: string;
} | {
    readonly kind: 'user';
    readonly user: string;
    readonly pass: string;
};
export interface InvalidNatsUrl {
    /** In words for the operator, without a piece of the text that could be a credential. */
    readonly invalid: string;
}
/**
 * Reads `NATS_URL` in the forms that NATS users write: one or several comma-separated URLs, `nats://` or `tls://` or
 * no scheme, an optional `token@` or `user:pass@` (percent-encoded), a host name, IPv4 or bracketed IPv6, an optional
 * port. The client itself reads neither credentials nor the scheme out of a URL: it would connect in plain text to a
 * `tls://` one.
 *
 * An error names an entry by its place, never by its text: what cannot be parsed may be a password anywhere in it.
 */
export declare function parseNatsUrl(text: string): NatsAddress | InvalidNatsUrl;
export declare function parseServer(text: string): string | InvalidNatsUrl;
