import { jetstreamManager, PubHeaders } from '@nats-io/jetstream';
import {
  createInbox,
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  PermissionViolationError,
} from '@nats-io/transport-node';
import type { Clock } from '../../application/ports/clock.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { formatUpdateMessage } from '../../domain/update-message.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { FIRST_STORED_HEADER, readUpdate } from './stream-message.ts';
import { subjectOf } from './subject.ts';
import { asCount, fieldsOf } from '../common/untrusted.ts';
import { headersOf, NOT_FROM_JETSTREAM } from './untrusted.ts';

/** Result of a publish. `refused`: no stream listens on the subject. */
export type PublishOutcome =
  | AppendOutcome
  | { readonly kind: 'refused'; readonly reason: string }
  /** The environment's last message is not an update; this expected sequence replaces it. */
  | { readonly kind: 'garbage'; readonly sequence: number };

export interface Publish {
  readonly environment: EnvironmentId;
  readonly updatedAt: UpdatedAt;
  readonly stream: string;
  /** On the monotonic clock. It covers the whole publish, including the look at a conflicting message. */
  readonly deadlineMs: number;
  readonly expectedSequence: number | undefined;
  readonly firstStoredAtMs: number | undefined;
}

/** The answer; `overtaken`: the environment's last message does not have the expected sequence. */
type Answer = Exclude<PublishOutcome, { readonly kind: 'conflict' | 'garbage' }> | { readonly kind: 'overtaken' };

/** The two names under which servers refuse a publish for its expected sequence. */
const WRONG_LAST_SEQUENCE = new Set([10071, 10164]);

interface Request {
  readonly publish: Publish;
  readonly settle: (answer: Answer) => void;
}

/**
 * Publishes over one connection and reports JetStream's answers. Publishes of one turn of the event loop leave in one
 * write, and the answers arrive at one inbox: the client's `request` writes for each message, and makes an error with a
 * stack for each that succeeds (docs/adr/0008).
 */
export class Publisher {
  readonly #connection: NatsConnection;
  readonly #clock: Clock;
  readonly #passedOver: () => void;
  readonly #inbox = `${createInbox()}.`;
  /** Requests in flight, by the last token of the subject of their answer. */
  readonly #inFlight = new Map<string, Request>();
  #ofThisTurn: string[] = [];
  #published = 0;

  /**
   * @param passedOver called for each answer that is not from JetStream
   * @throws when the connection is already closed
   */
  constructor(connection: NatsConnection, clock: Clock, passedOver: () => void) {
    this.#connection = connection;
    this.#clock = clock;
    this.#passedOver = passedOver;
    connection.subscribe(`${this.#inbox}*`, { callback: (error, message) => this.#received(error, message) });
    void connection.closed().then(() => this.#failAll('disconnected'));
    void this.#watchPermissions();
  }

  /** Settles by its deadline, and never rejects. */
  async publish(what: Publish): Promise<PublishOutcome> {
    const answer = await this.#answerTo(what);
    return answer.kind === 'overtaken' ? this.#lastOf(what) : answer;
  }

  #answerTo(publish: Publish): Promise<Answer> {
    return new Promise((resolve) => {
      const token = (++this.#published).toString(36);
      const timer = this.#clock.after(this.#leftOf(publish), () => this.#settle(token, unavailable('timeout')));
      const settle = (answer: Answer): void => {
        timer.cancel();
        resolve(answer);
      };
      this.#inFlight.set(token, { publish, settle });
      if (this.#ofThisTurn.push(token) === 1) this.#clock.nextTurn(() => this.#send());
    });
  }

  #send(): void {
    const tokens = this.#ofThisTurn;
    this.#ofThisTurn = [];
    for (const token of tokens) {
      const what = this.#inFlight.get(token)?.publish;
      if (what === undefined) continue;
      try {
        this.#connection.publish(subjectOf(what.environment), formatUpdateMessage(what.updatedAt), {
          reply: this.#inbox + token,
          ...headersFor(what),
        });
      } catch (error) {
        this.#settle(token, unavailable(messageOf(error)));
      }
    }
  }

  #received(error: Error | null, message: Msg): void {
    if (error !== null) return this.#failAll(messageOf(error));
    const answer = parseAnswer(message);
    // Other followers of the subject may answer before JetStream does; wait for JetStream's own answer.
    if (answer === undefined) this.#passedOver();
    else this.#settle(message.subject.slice(this.#inbox.length), answer);
  }

  /** A forbidden publish gets no answer, only an error of the connection that names the subject. */
  async #watchPermissions(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue;
      const { operation, subject, message } = status.error;
      if (operation !== 'publish') continue;
      for (const [token, { publish }] of this.#inFlight)
        if (subjectOf(publish.environment) === subject) this.#settle(token, unavailable(message));
    }
  }

  #settle(token: string, answer: Answer): void {
    const request = this.#inFlight.get(token);
    this.#inFlight.delete(token);
    request?.settle(answer);
  }

  #failAll(reason: string): void {
    for (const token of [...this.#inFlight.keys()]) this.#settle(token, unavailable(reason));
  }

  #leftOf({ deadlineMs }: Publish): number {
    return Math.max(0, deadlineMs - this.#clock.monotonicMs());
  }

  /**
   * The conflicting message, read from the stream's leader: a direct get may be answered by a replica that does not
   * have it yet, and an older sequence would only conflict again.
   */
  async #lastOf(what: Publish): Promise<PublishOutcome> {
    const timeout = this.#leftOf(what);
    if (timeout === 0) return unavailable('timeout');
    try {
      const manager = await jetstreamManager(this.#connection, { checkAPI: false, timeout });
      const subject = subjectOf(what.environment);
      const message = await manager.streams.getMessage(what.stream, { last_by_subj: subject });
      if (message === null) return { kind: 'conflict', last: undefined };
      const [sequence, storedAtMs] = [asCount(message.seq), asCount(message.time.getTime())];
      if (!sequence || storedAtMs === undefined || message.subject !== subject) return unavailable(NOT_FROM_JETSTREAM);
      const read = readUpdate(message, sequence, storedAtMs);
      return typeof read === 'string' ? { kind: 'garbage', sequence } : { kind: 'conflict', last: read.update };
    } catch (error) {
      return unavailable(messageOf(error));
    }
  }
}

function unavailable(reason: string) {
  return { kind: 'unavailable', reason } as const;
}

/** Undefined for nearly every publish: headers cost the server, too. */
function headersFor({ expectedSequence, firstStoredAtMs }: Publish): { readonly headers?: MsgHdrs } {
  if (expectedSequence === undefined && firstStoredAtMs === undefined) return {};
  const set = headers();
  if (expectedSequence !== undefined) set.set(PubHeaders.ExpectedLastSubjectSequenceHdr, String(expectedSequence));
  if (firstStoredAtMs !== undefined) set.set(FIRST_STORED_HEADER, String(firstStoredAtMs));
  return { headers: set };
}

/** The answer of JetStream, or of the server in its place, to a publish; undefined if it is from neither. */
function parseAnswer(message: Msg): Answer | undefined {
  // No subscriber on the subject: no stream yet, JetStream off, or a leader is being elected.
  if (message.data.length === 0)
    return headersOf(message)?.code === 503 ? { kind: 'refused', reason: 'no_stream' } : undefined;
  const answer = fieldsIn(message);
  if (answer?.error !== undefined) return parseError(answer.error);
  const sequence = asCount(answer?.seq);
  // Sequences begin with 1.
  return sequence ? { kind: 'stored', sequence } : undefined;
}

function parseError(value: unknown): Answer | undefined {
  const { code, err_code: name = 0, description = 'refused by JetStream' } = fieldsOf(value) ?? {};
  if (asCount(code) === undefined || asCount(name) === undefined || typeof description !== 'string') return undefined;
  if (WRONG_LAST_SEQUENCE.has(name as number)) return { kind: 'overtaken' };
  return code === 503 ? { kind: 'refused', reason: description } : unavailable(description);
}

function fieldsIn(message: Msg): Readonly<Record<string, unknown>> | undefined {
  try {
    return fieldsOf(message.json());
  } catch {
    return undefined;
  }
}
