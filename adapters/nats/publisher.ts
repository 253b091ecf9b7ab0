import { type JetStreamManager, jetstreamManager, PubHeaders } from '@nats-io/jetstream';
import { createInbox, headers, type Msg, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import { formatUpdateMessage, parseUpdateMessage } from '../../domain/update-message.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { subjectOf } from './delivery.ts';

/** What one publish came to. `refused`: nobody was there to take it. */
export type PublishOutcome =
  | AppendOutcome
  | { readonly kind: 'refused'; readonly reason: string }
  /** The environment's last message is no update; with this as the expected sequence it would be replaced. */
  | { readonly kind: 'garbage'; readonly sequence: number };

export interface Publish {
  readonly environment: EnvironmentId;
  readonly updatedAt: UpdatedAt;
  readonly stream: string;
  readonly timeoutMs: number;
  readonly expectedSequence: number | undefined;
}

/** The two names under which servers refuse a publish for its expected sequence. */
const WRONG_LAST_SEQUENCE = new Set([10071, 10164]);

interface PublishAnswer {
  readonly seq?: number;
  readonly error?: { readonly code?: number; readonly err_code?: number; readonly description?: string };
}

interface Request {
  readonly publish: Publish;
  readonly settle: (reply: Reply) => void;
}

/** What came back: JetStream's answer, nobody to give one, or the reason why nothing will come any more. */
type Reply = { readonly answer: PublishAnswer } | 'no_responders' | { readonly failed: string };

/**
 * Publishes over one connection and tells what JetStream answered. What is published in one turn of the event loop
 * leaves in one write, and the answers come to one inbox: the client's `request` writes for each message, and makes an
 * error with a stack for each that succeeds (docs/adr/0008).
 */
export class Publisher {
  readonly #connection: NatsConnection;
  readonly #clock: Clock;
  readonly #inbox = `${createInbox()}.`;
  /** Those that wait for an answer, by the last token of the subject that it comes to. */
  readonly #underWay = new Map<string, Request>();
  #ofThisTurn: string[] = [];
  #published = 0;

  /** @throws when the connection is closed already */
  constructor(connection: NatsConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    connection.subscribe(`${this.#inbox}*`, { callback: (error, message) => this.#received(error, message) });
    void connection.closed().then(() => this.#failAll('disconnected'));
    void this.#watchPermissions();
  }

  async publish(what: Publish): Promise<PublishOutcome> {
    const reply = await this.#request(what);
    // Nobody listens on the subject: no stream yet, JetStream off, or its leader is being elected.
    if (reply === 'no_responders') return { kind: 'refused', reason: 'no_stream' };
    if ('failed' in reply) return { kind: 'unavailable', reason: reply.failed };
    const { seq, error } = reply.answer;
    if (error === undefined)
      return seq === undefined
        ? { kind: 'unavailable', reason: 'the answer is not from JetStream' }
        : { kind: 'stored', sequence: seq };
    if (WRONG_LAST_SEQUENCE.has(error.err_code ?? 0)) return lastOf(this.#connection, what);
    const reason = error.description ?? 'refused by JetStream';
    return error.code === 503 ? { kind: 'refused', reason } : { kind: 'unavailable', reason };
  }

  #request(publish: Publish): Promise<Reply> {
    return new Promise((resolve) => {
      const token = (++this.#published).toString(36);
      const timer = this.#clock.after(publish.timeoutMs, () => this.#settle(token, { failed: 'timeout' }));
      const settle = (reply: Reply): void => {
        timer.cancel();
        resolve(reply);
      };
      this.#underWay.set(token, { publish, settle });
      if (this.#ofThisTurn.push(token) === 1) this.#clock.nextTurn(() => this.#send());
    });
  }

  #send(): void {
    const tokens = this.#ofThisTurn;
    this.#ofThisTurn = [];
    for (const token of tokens) {
      const what = this.#underWay.get(token)?.publish;
      if (what === undefined) continue;
      try {
        this.#connection.publish(subjectOf(what.environment), formatUpdateMessage(what.updatedAt), {
          reply: this.#inbox + token,
          ...(what.expectedSequence === undefined ? {} : { headers: expecting(what.expectedSequence) }),
        });
      } catch (error) {
        this.#settle(token, { failed: (error as Error).message });
      }
    }
  }

  #received(error: Error | null, message: Msg): void {
    if (error !== null) return this.#failAll(error.message);
    const token = message.subject.slice(this.#inbox.length);
    if (message.data.length === 0 && message.headers?.code === 503) return this.#settle(token, 'no_responders');
    try {
      this.#settle(token, { answer: message.json<PublishAnswer>() });
    } catch {
      this.#settle(token, { failed: 'the answer is not from JetStream' });
    }
  }

  /** A publish that is not permitted has no answer, only an error of the connection that names the subject. */
  async #watchPermissions(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue;
      const { operation, subject, message } = status.error;
      if (operation !== 'publish') continue;
      for (const [token, { publish }] of this.#underWay)
        if (subjectOf(publish.environment) === subject) this.#settle(token, { failed: message });
    }
  }

  #settle(token: string, reply: Reply): void {
    const request = this.#underWay.get(token);
    this.#underWay.delete(token);
    request?.settle(reply);
  }

  #failAll(reason: string): void {
    for (const token of [...this.#underWay.keys()]) this.#settle(token, { failed: reason });
  }
}

function expecting(sequence: number) {
  const expectation = headers();
  expectation.set(PubHeaders.ExpectedLastSubjectSequenceHdr, String(sequence));
  return expectation;
}

/**
 * The message that stood in the way. It is read from the stream's leader: a direct get may be answered by a replica
 * that does not have it yet, and its older sequence would only conflict again.
 */
async function lastOf(connection: NatsConnection, what: Publish): Promise<PublishOutcome> {
  try {
    const manager: JetStreamManager = await jetstreamManager(connection, { checkAPI: false, timeout: what.timeoutMs });
    const message = await manager.streams.getMessage(what.stream, { last_by_subj: subjectOf(what.environment) });
    if (message === null) return { kind: 'conflict', last: undefined };
    const updatedAt = parseUpdateMessage(message.string());
    if (typeof updatedAt !== 'string') return { kind: 'garbage', sequence: message.seq };
    const last: Update = { sequence: message.seq, updatedAt, storedAtMs: message.time.getTime() };
    return { kind: 'conflict', last };
  } catch (error) {
    return { kind: 'unavailable', reason: (error as Error).message };
  }
}
