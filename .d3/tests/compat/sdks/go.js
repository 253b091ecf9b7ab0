import { updatedAtIn } from "./sdk.js";
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 30_000;
const JITTER_MS = 1000;
/** Go: a line scanner that looks for the literal `data: `. At once after a clean end, backing off after an error. */
export const go = {
    name: 'Go',
    headers: { 'User-Agent': 'Go-http-client/1.1' },
    takes: ({ status }) => status === 200,
    retryAfterMs: (outcome, { failures }) => outcome === 'ended' ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS) + Math.random() * JITTER_MS,
    comparesWith: 'document',
    async read(stream, hear) {
        for await (const line of stream.lines()) {
            if (!line.startsWith('data: '))
                continue;
            const updatedAt = updatedAtIn(line.slice('data: '.length));
            if (updatedAt !== undefined && updatedAt > 0)
                hear(updatedAt);
        }
        return undefined;
    },
};
//# sourceMappingURL=go.js.map