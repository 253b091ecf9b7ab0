import { type Sdk, updatedAtIn } from './sdk.ts';

const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 60_000;

/**
 * iOS: it looks for whole `data:` lines in each piece that URLSession hands it, and joins no two of them. It compares
 * with a time that it looks for in the headers of its own request, where it never is: so it fetches on every event.
 */
export const ios: Sdk = {
  name: 'iOS',
  headers: {
    'User-Agent': 'flagsmith-swift-ios-sdk/3.10.0',
    Accept: 'text/event-stream, application/json; charset=utf-8',
    'Cache-Control': 'no-cache',
  },
  takes: () => true,
  retryAfterMs: (outcome, { failures }) =>
    outcome === 'ended' ? 0 : Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS),
  comparesWith: 'nothing',
  async read(stream, hear) {
    for await (const { text } of stream.pieces())
      for (const line of text.split('\n')) {
        const updatedAt = line.startsWith('data:') ? updatedAtIn(line.replaceAll('data:', '')) : undefined;
        if (updatedAt !== undefined) hear(updatedAt);
      }
    return undefined;
  },
};
