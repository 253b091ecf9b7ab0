import { EVENT_NAME, updatedAtIn } from "./sdk.js";
/** It waits 29 s; here a second stands for that. */
const EVERY_MS = 1000;
/**
 * Flutter: a new stream at an interval, while the old ones stay, and times only where they are doubles. Dart's JSON
 * makes an integer of a number without a decimal point.
 */
export const flutter = {
    name: 'Flutter',
    headers: { 'User-Agent': 'Dart/3.5 (dart:io)', Accept: 'application/json , text/event-stream' },
    takes: () => true,
    everyMs: EVERY_MS,
    retryAfterMs: () => undefined,
    comparesWith: 'fetchTime',
    async read(stream, hear) {
        let [event, data] = ['', ''];
        for await (const line of stream.lines()) {
            if (line === '') {
                const isDouble = /"updated_at": ?\d+\.\d/.test(data);
                const updatedAt = event === EVENT_NAME && isDouble ? updatedAtIn(data) : undefined;
                [event, data] = ['', ''];
                if (updatedAt !== undefined)
                    hear(updatedAt);
            }
            else if (line.startsWith('event'))
                event = line.replace(/^event:? ?/, '');
            else if (line.startsWith('data'))
                data += line.slice('data:'.length);
            else if (!/^(?::|id|retry)/.test(line))
                throw new Error(`a field that it does not know: ${line}`);
        }
        return undefined;
    },
};
//# sourceMappingURL=flutter.js.map