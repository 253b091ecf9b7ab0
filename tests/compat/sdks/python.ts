import type { HttpStream } from './http-stream.ts';
import { type Sdk, updatedAtIn } from './sdk.ts';

/** `requests` reads as much at a time. */
const READ_BYTES = 128;
/** The last second that Python's `datetime` holds: milliseconds are beyond it. */
const MAX_SECONDS = 253_402_300_799;

/** Python up to 5: `requests` under `sseclient`. It loops without a pause, whatever happened. */
export const pythonUpTo5: Sdk = {
  name: 'Python up to 5',
  headers: { 'User-Agent': 'python-requests/2.32.3', Accept: 'application/json, text/event-stream' },
  takes: () => true,
  retryAfterMs: () => 0,
  comparesWith: 'document',
  async read(stream, hear) {
    let event = '';
    for await (const read of reads(stream))
      for (const line of read.split(/(?<=\n)/)) {
        event += line;
        if (!/(?:\n\n|\r\n\r\n)$/.test(event)) continue;
        const data = /^data: ?(.*)$/m.exec(event)?.[1];
        event = '';
        if (data === undefined) continue;
        const updatedAt = updatedAtIn(data);
        if (updatedAt === undefined || updatedAt > MAX_SECONDS) throw new Error('the event stream raises');
        hear(updatedAt);
      }
    return undefined;
  },
};

/** Python from 6 on: it waits a second after an exception, but not after an answer that has ended, whatever its status. */
export const python: Sdk = {
  ...pythonUpTo5,
  name: 'Python',
  retryAfterMs: (outcome) => (outcome === 'ended' ? 0 : 1000),
};

/** What urllib3 hands out: pieces of 128 bytes, and the rest of a chunk when the line end that closes it has come. */
async function* reads(stream: HttpStream): AsyncGenerator<string> {
  let held = '';
  for await (const { text, closesChunk } of stream.pieces()) {
    held += text;
    // Within a chunk it looks whether more follows: just 128 bytes may be the last ones.
    for (; held.length > READ_BYTES || (!stream.isChunked && held.length === READ_BYTES); held = held.slice(READ_BYTES))
      yield held.slice(0, READ_BYTES);
    if (!closesChunk) continue;
    yield held;
    held = '';
  }
  yield held;
}
