/** How long a request's head may be, whatever the transport. docs/http2.md says what happens beyond it. */
export declare const MAX_HEADER_BYTES = 16384;
