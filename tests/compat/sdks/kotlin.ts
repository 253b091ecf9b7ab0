import { EVENT_NAME, type Sdk, updatedAtIn } from './sdk.ts';

/**
 * Kotlin: okhttp's reader. It comes back at once after a clean end, and never after anything else. Each answer's header
 * replaces the time that it has received, even with an older one.
 */
export const kotlin: Sdk = {
  name: 'Kotlin',
  headers: {
    'User-Agent': 'flagsmith-kotlin-android-sdk/1.9.0',
    Accept: 'application/json\r\nAccept: text/event-stream',
  },
  takes: ({ status, head }) => status >= 200 && status < 300 && /^content-type: *text\/event-stream/im.test(head),
  retryAfterMs: (outcome) => (outcome === 'ended' ? 0 : undefined),
  comparesWith: 'heardOrDocument',
  async read(stream, hear) {
    let [event, data] = ['', ''];
    for await (const line of stream.lines()) {
      if (line === '') {
        const updatedAt = event === EVENT_NAME ? updatedAtIn(data) : undefined;
        [event, data] = ['', ''];
        if (updatedAt !== undefined) hear(updatedAt);
      } else if (line.startsWith('event:')) event = line.slice('event:'.length).trimStart();
      else if (line.startsWith('data:')) data = line.slice('data:'.length).trimStart();
    }
    return undefined;
  },
};
