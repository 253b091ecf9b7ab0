import type { StreamHandle } from '../../application/ports/streams.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Frame, SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';
import { eventId } from '../../domain/update.ts';
import type { ReferenceRegister } from '../support/memory/reference-register.ts';
import { must } from './violation.ts';

/** What a subscriber has to know about its surroundings to distinguish right from wrong. */
export interface Surroundings {
  readonly environment: EnvironmentId;
  /** What the instance has received from the log for the environment. */
  readonly told: ReferenceRegister;
  /** What was ever stored of the environment. */
  readonly stored: ReferenceRegister;
  retentionHorizonMs(): number;
  /** When the instance received the last news of the environment. */
  newsAtMs(): number;
  nowMs(): number;
  /** After which times an update is sent again. */
  readonly echoMs: readonly number[];
  /** A pass has sent it an event; -1: what it took for one was something else. */
  sentByPass(count: 1 | -1): void;
  /** A store that was put back may come to the same sequence with the same value again, which is news then. */
  wasMadeAnew(): boolean;
  report(line: string): void;
  /** The service survives a socket that throws, so errors are reported here instead. */
  failed(error: unknown): void;
}

/**
 * A client with its connection, of either dialect. Nothing is written to it while it does not read or when it has
 * ended, and a stream that ends properly has brought it the newest.
 */
export abstract class SimulatedClient implements SubscriberSocket {
  readonly id: number;
  readonly around: Surroundings;
  stream: StreamHandle | undefined;
  ending: 'open' | 'ended' | 'closed' | 'gone' = 'open';
  congested = false;
  /** The id of the last event that it received. */
  lastEventId = '';
  /** Positions in what was ever stored. */
  readonly heard: number[] = [];
  /** When it last received anything. */
  heardAtMs = -1;
  readonly joinedAtMs: number;
  #position = -1;
  /** What is written now is written by a pass, as far as one can see from here. */
  #isWrittenByPass = false;
  #readsOn = false;
  #reads = true;
  #connected = true;

  constructor(id: number, around: Surroundings) {
    this.id = id;
    this.around = around;
    this.joinedAtMs = around.nowMs();
  }

  /**
   * An event has reached it.
   *
   * @throws Violation where its dialect does not have that event now
   */
  protected abstract check(id: string): void;

  /** Its position in what its instance has received: how much of that it has received itself, or an equivalent. */
  get position(): number {
    return this.#position;
  }

  /** It joins without receiving anything: there is nothing to send, or it has received the newest before. */
  standsAt(position: number): void {
    this.#position = position;
  }

  heardBefore(id: string): void {
    this.lastEventId = id;
    this.#note(id);
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  stopReading(): void {
    this.#reads = false;
  }

  readOn(): void {
    this.#reads = true;
    this.congested = false;
    this.#readsOn = true;
    this.stream?.drained();
    this.#readsOn = false;
  }

  /** The connection breaks. The service learns of it by a write or by the transport, whichever comes first. */
  vanish(): void {
    this.#connected = false;
  }

  /** The transport reports that the connection has closed. */
  gone(): void {
    this.#connected = false;
    if (this.ending === 'open') this.ending = 'gone';
    this.stream?.gone();
  }

  write(frame: Frame): WriteOutcome {
    return this.#checked(() => this.#hear(frame)) ?? 'closed';
  }

  writeKeepAlive(): WriteOutcome {
    return this.#checked(() => this.#take()) ?? 'closed';
  }

  rearm(): void {
    this.#checked(() => must(this.congested, 'only who does not read is re-armed', () => this.name));
  }

  end(): void {
    // The write before it in the same effects may have met a closed connection.
    if (this.ending === 'gone') return;
    this.#checked(() => {
      must(this.ending === 'open', 'a stream ends once', () => this.name);
      const { told } = this.around.told;
      must(this.#position === told.length, 'a stream ends with the newest', () => `${this.name} at ${this.#position}`);
    });
    // The event before it in the same moment may have been written for the end.
    if (this.#isWrittenByPass && this.heardAtMs === this.around.nowMs()) this.around.sentByPass(-1);
    this.ending = 'ended';
    this.around.report(`${this.name} is ended`);
  }

  close(): void {
    this.#checked(() => {
      must(this.ending === 'open', 'a stream ends once', () => this.name);
      must(this.congested, 'only who does not read is cut off', () => this.name);
    });
    this.ending = 'closed';
    this.around.report(`${this.name} is cut off`);
  }

  protected get name(): string {
    return `subscriber ${this.id}`;
  }

  #checked<T>(check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      this.around.failed(error);
      return undefined;
    }
  }

  #hear(frame: Frame): WriteOutcome {
    this.#mayBeWrittenTo();
    if (!this.#connected) return this.#closed();
    this.check(/^id: (.*)$/m.exec(frame)?.[1] ?? '');
    return this.#heard();
  }

  /** It has now received all that its instance has. */
  protected received(id: string): void {
    this.#position = this.around.told.told.length;
    this.lastEventId = id;
    this.#note(id);
    this.around.report(`${this.name} hears ${id}`);
  }

  #heard(): WriteOutcome {
    this.heardAtMs = this.around.nowMs();
    this.#isWrittenByPass = this.stream !== undefined && !this.#readsOn;
    if (this.#isWrittenByPass) this.around.sentByPass(1);
    return this.#taken();
  }

  #take(): WriteOutcome {
    this.#mayBeWrittenTo();
    return this.#connected ? this.#taken() : this.#closed();
  }

  #mayBeWrittenTo(): void {
    must(this.ending === 'open', 'nothing is written after the end', () => this.name);
    must(!this.congested, 'nothing is written to who does not read', () => this.name);
  }

  #closed(): WriteOutcome {
    this.ending = 'gone';
    return 'closed';
  }

  #taken(): WriteOutcome {
    this.congested = !this.#reads;
    return this.congested ? 'congested' : 'sent';
  }

  #note(id: string): void {
    const position = this.around.stored.told.findLastIndex(({ update }) => eventId(update) === id);
    must(position >= 0, 'nobody hears what was not stored', () => `${this.name} hears ${id}`);
    this.heard.push(position);
  }

  protected heardFor(id: string): string {
    const told = this.around.told.told.map(({ update }) => eventId(update));
    return `${this.name} at ${this.#position} of [${told.join(', ')}] hears ${id}`;
  }
}
