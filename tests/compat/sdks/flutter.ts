import { EVENT_NAME, type Sdk, updatedAtIn } from './sdk.ts';

/** It waits 29 s; here a second stands for that. */
const EVERY_MS = 1000;
/** Its library waits 5 s, as much shorter here as the interval is. */
const RETRY_MS = Math.round((5 / 29) * EVERY_MS);

/**
 * Flutter: a new stream at an interval, while the old ones stay, and times only where they are doubles. Dart's JSON
 * makes an integer of a number without a decimal point. Beside that, its library opens a stream again that could not be
 * opened, was cut, or had a line that it does not know; never one that ended properly.
 */
export const flutter: Sdk = {
  name: 'Flutter',
  headers: { 'User-Agent': 'Dart/3.5 (dart:io)', Accept: 'application/json , text/event-stream' },
  takes: () => true,
  everyMs: EVERY_MS,
  retryAfterMs: (outcome) => (outcome === 'ended' ? undefined : RETRY_MS),
  comparesWith: 'fetchTime',
  async read(stream, hear) {
    let [event, data] = ['', ''];
    for await (const line of stream.lines()) {
      if (line === '') {
        const isDouble = /"updated_at": ?\d+\.\d/.test(data);
        const updatedAt = event === EVENT_NAME && isDouble ? updatedAtIn(data) : undefined;
        [event, data] = ['', ''];
        if (updatedAt !== undefined) hear(updatedAt);
      } else if (line.startsWith('event')) event = line.replace(/^event:? ?/, '');
      else if (line.startsWith('data')) data += line.slice('data:'.length);
      else if (!/^(?::|id|retry)/.test(line)) throw new Error(`a field that it does not know: ${line}`);
    }
    return undefined;
  },
};
