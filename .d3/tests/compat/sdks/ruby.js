import { updatedAtIn } from "./sdk.js";
const RETRY_MS = 500;
/** Ruby: Faraday gives out the body when the stream has ended as it should, and nothing when it was cut. */
export const ruby = {
    name: 'Ruby',
    headers: { 'User-Agent': 'Faraday v2.12.0', Accept: '*/*' },
    takes: () => true,
    retryAfterMs: () => RETRY_MS,
    comparesWith: 'heard',
    async read(stream, hear) {
        const lines = [];
        for await (const line of stream.lines())
            lines.push(line);
        for (const line of lines) {
            if (!line.startsWith('data: '))
                continue;
            const updatedAt = updatedAtIn(line.slice('data: '.length));
            if (updatedAt === undefined)
                throw new Error('the rest of the body is lost');
            hear(updatedAt);
        }
        return undefined;
    },
};
//# sourceMappingURL=ruby.js.map