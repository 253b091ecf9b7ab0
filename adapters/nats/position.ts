import { countIn } from '../common/untrusted.ts';

/** The position of a delivered message in the stream and in the deliveries of its consumer. */
export interface Position {
  readonly streamSequence: number;
  /** 1 for the first message of a consumer, and one more for each next one. */
  readonly deliverySequence: number;
  readonly storedAtMs: number;
  /** How many messages of the consumer were still to be delivered then. */
  readonly pending: number;
}

/**
 * Reads the reply subject of a delivered message, which JetStream uses for its metadata:
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<nanoseconds>.<pending>`, since 2.9 with a
 * domain and an account before the stream, and a random token at the end.
 */
export function parsePosition(reply: string | undefined): Position | undefined {
  const tokens = reply?.split('.') ?? [];
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  const start = tokens.length === 9 ? 5 : 7;
  if (tokens.length !== 9 && tokens.length < 11) return undefined;
  const [streamSequence, deliverySequence, , pending] = tokens.slice(start, start + 4).map(countIn);
  // Nanoseconds have too many digits for a double; without the last six they are milliseconds.
  const storedAtMs = countIn(tokens[start + 2]?.slice(0, -6));
  if (streamSequence === undefined || deliverySequence === undefined || storedAtMs === undefined) return undefined;
  return pending === undefined ? undefined : { streamSequence, deliverySequence, storedAtMs, pending };
}
