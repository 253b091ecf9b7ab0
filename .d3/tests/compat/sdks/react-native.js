import { EVENT_NAME, updatedAtIn } from "./sdk.js";
const DEFAULT_RETRY_MS = 5000;
/**
 * React Native: `react-native-sse` as it was before it knew other line ends than LF. It goes through what an
 * XMLHttpRequest has received since the last blank line, obeys `retry:`, and never comes back after a network error.
 */
export const reactNative = {
    name: 'React Native',
    headers: {
        'User-Agent': 'okhttp/4.12.0',
        Accept: 'text/event-stream',
        'Cache-Control': 'no-cache',
        'X-Requested-With': 'XMLHttpRequest',
    },
    takes: ({ status }) => status >= 200 && status < 400,
    retryAfterMs: (outcome, { retryMs }) => (outcome === 'ended' ? (retryMs ?? DEFAULT_RETRY_MS) : undefined),
    comparesWith: 'document',
    async read(stream, hear) {
        let [received, seen] = ['', 0];
        let retryMs;
        for await (const { text } of stream.pieces()) {
            received += text;
            let [event, data] = ['', ''];
            for (const line of received
                .slice(seen)
                .split('\n')
                .map((untrimmed) => untrimmed.trim())) {
                if (line.startsWith('event'))
                    event = line.replace(/event:?\s*/, '');
                else if (line.startsWith('retry'))
                    retryMs = Number(line.replace(/retry:?\s*/, ''));
                else if (line.startsWith('data'))
                    data = line.replace(/data:?\s*/, '');
                else if (line === '' && data !== '') {
                    const updatedAt = event === EVENT_NAME ? updatedAtIn(data) : undefined;
                    [event, data] = ['', ''];
                    if (updatedAt !== undefined)
                        hear(updatedAt);
                }
            }
            const blank = received.lastIndexOf('\n\n');
            if (blank >= 0)
                seen = blank + 2;
        }
        return retryMs;
    },
};
//# sourceMappingURL=react-native.js.map