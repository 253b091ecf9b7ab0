/** What a log line or an outcome says of something that was thrown, which in JavaScript may be anything, or nothing. */
export declare function messageOf(thrown: unknown): string;
