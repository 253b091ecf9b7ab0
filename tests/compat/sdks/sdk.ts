import type { HttpStream } from './http-stream.ts';

/** How a try to hold a stream came to its end. */
export type StreamOutcome =
  /** As HTTP has it. */
  | 'ended'
  /** Its connection went first. */
  | 'cut'
  /** There was no stream: no connection, or a status that the SDK does not take. */
  | 'refused';

/**
 * What an SDK does with a stream, as its source has it: how it reads one, when it opens the next, and which updates
 * make it fetch its flags. Only the waits are shortened where they are long.
 */
export interface Sdk {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  takes(stream: HttpStream): boolean;
  /**
   * Reads one stream until it ends, and reports every `updated_at` that it recognises.
   *
   * @returns the milliseconds of the last `retry:`, where it obeys that
   * @throws Error where the stream is cut, or the SDK itself raises
   */
  read(stream: HttpStream, hear: (updatedAt: number) => void): Promise<number | undefined>;
  /**
   * Milliseconds until it tries again; undefined: it never does.
   *
   * @param last how many tries in a row had no stream, and what `read` returned
   */
  retryAfterMs(
    outcome: StreamOutcome,
    last: { readonly failures: number; readonly retryMs: number | undefined },
  ): number | undefined;
  /** It opens a stream at this interval, whatever became of those before. */
  readonly everyMs?: number;
  /**
   * What an update has to be newer than, to make it fetch: its flags' own time; the last update; the last update until
   * an answer comes, and then its flags' own time; its clock when it fetched; or nothing.
   */
  readonly comparesWith: 'document' | 'heard' | 'heardOrDocument' | 'fetchTime' | 'nothing';
}

export const EVENT_NAME = 'environment_updated';

/** The time in an event's data, or undefined where an SDK's JSON parser or its type would refuse it. */
export function updatedAtIn(data: string): number | undefined {
  try {
    const { updated_at } = JSON.parse(data) as { updated_at?: unknown };
    return typeof updated_at === 'number' ? updated_at : undefined;
  } catch {
    return undefined;
  }
}
