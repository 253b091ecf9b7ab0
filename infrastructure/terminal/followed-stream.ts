import { EventSourceParserStream } from 'eventsource-parser/stream';
import { setTimeout as pause } from 'node:timers/promises';
import { reasonOf } from './reason.ts';

/** What happens to a stream that is reopened when it ends. */
export type Occurrence =
  | { readonly kind: 'opened' }
  | { readonly kind: 'event'; readonly name: string; readonly id: string | undefined; readonly data: string }
  /** The stream was refused, ended, or was cut. The next one is opened after `retryMs` milliseconds. */
  | { readonly kind: 'closed'; readonly why: string; readonly retryMs: number };

/** Until the service sends a `retry:`. */
const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;

/** Follows a stream until aborted. A stream that ends is reopened, as by an EventSource, but also after a refusal. */
export async function* followStream(url: URL, aborted: AbortSignal): AsyncGenerator<Occurrence> {
  let [retryMs, failures] = [FIRST_RETRY_MS, 0];
  // Ends at the first request after the abort, which rejects.
  for (;;) {
    let why = 'the stream ended';
    try {
      const response = await fetch(url, { headers: { Accept: 'text/event-stream' }, signal: aborted });
      if (response.status === 200 && response.body !== null) {
        failures = 0;
        yield { kind: 'opened' };
        const onRetry = (ms: number): void => void (retryMs = ms);
        const events = response.body
          .pipeThrough(new TextDecoderStream())
          .pipeThrough(new EventSourceParserStream({ onRetry }));
        for await (const { event = 'message', id, data } of events) yield { kind: 'event', name: event, id, data };
      } else {
        failures++;
        why = `refused with ${response.status}: ${(await response.text()).slice(0, 300)}`;
      }
    } catch (error) {
      if (aborted.aborted) return;
      failures++;
      why = reasonOf(error);
    }
    const pauseMs = Math.min(retryMs * 2 ** Math.max(0, failures - 1), LONGEST_RETRY_MS);
    yield { kind: 'closed', why, retryMs: pauseMs };
    await pause(pauseMs, undefined, { signal: aborted }).catch(() => undefined);
  }
}
