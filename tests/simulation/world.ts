import { createHash } from 'node:crypto';
import { OfrepEncoder } from '../../adapters/http/ofrep/ofrep-encoder.ts';
import { SseEncoder } from '../../adapters/http/sse.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { eventId, type Update } from '../../domain/update.ts';
import { parseUpdatedAt, type UpdatedAt } from '../../domain/updated-at.ts';
import { readConfig } from '../../infrastructure/config.ts';
import type { ReferenceRegister } from '../support/memory/reference-register.ts';
import { Instance } from './instance.ts';
import { OfrepSubscriber } from './ofrep-subscriber.ts';
import type { PaceWitness } from './pace-witness.ts';
import { Random } from './random.ts';
import { RecordedStore } from './recorded-store.ts';
import type { Step } from './step.ts';
import type { SimulatedClient, Surroundings } from './simulated-client.ts';
import { Subscriber } from './subscriber.ts';
import { REFUSED_ENVIRONMENT } from './simulated-log.ts';
import { must } from './violation.ts';

const ENCODER = new SseEncoder('environment_updated');
const OFREP_ENCODER = new OfrepEncoder();
const START_MS = 1_733_480_000_000;
const RETENTION_MS = 60_000;
const DEADLINE_MS = 1500;
/** After this long without faults nothing is in flight: gaps are noticed, refused updates are appended. */
const REST_MS = 9000;
/** How often a caller goes on to ask for what the log refuses, in a world that has one. */
const REFUSED_EVERY_MS = 450;
/** Two tries of an instance to repair an environment are no closer. */
const REPAIR_INTERVAL_MS = 1000;
/** The tokens of a pace come in steps of this length. */
const PACE_STEP_MS = 250;

/** A change that an instance was asked to make. */
interface Change {
  readonly instance: Instance;
  readonly environment: EnvironmentId;
  readonly updatedAt: UpdatedAt;
  readonly askedMs: number;
  /** How much had been stored of the environment when it was asked, and the store's generation then. */
  readonly storedBefore: number;
  readonly generation: number;
  answer: 'none' | 'stored' | 'unavailable';
  answeredMs: number;
  /** When it was tried at the log, by the wall clock. */
  readonly triedMs: number[];
}

/** Several instances on one log, their clients, and everything that must hold between them. */
export class World {
  readonly clock = new StepClock(START_MS);
  readonly #random: Random;
  readonly #config;
  readonly #store = new RecordedStore({ retentionMs: RETENTION_MS }, this.clock);
  readonly #environments: readonly EnvironmentId[];
  readonly #hasRefusedEnvironment: boolean;
  readonly #slots: (Instance | undefined)[];
  readonly #instances: Instance[] = [];
  readonly #draining = new Set<Instance>();
  readonly #subscribers: { readonly subscriber: SimulatedClient; readonly instance: Instance }[] = [];
  #changes: Change[] = [];
  #lastEventIds: string[] = [''];
  #backup: (() => void) | undefined;
  /** Grows when an operator makes the store forget: what was promised of what it held is void. */
  #generation = 0;
  #ids = 0;
  #values = 0;
  readonly #tell: (line: string) => void;
  readonly #digest = createHash('sha256');
  #failure: unknown;

  /** @param tell receives what happens, for a record of the run */
  constructor(seed: number, tell: (line: string) => void = () => undefined) {
    this.#tell = tell;
    this.#random = new Random(seed);
    const draw = <T>(...choices: T[]): T => this.#random.pick(choices);
    const config = readConfig(
      {
        LISTEN_ADDR: '127.0.0.1:0',
        UPDATE_LOG: 'memory',
        SSE_AUTHENTICATION_TOKEN: 'token',
        RETENTION_SECONDS: String(RETENTION_MS / 1000),
        APPEND_DEADLINE_MS: String(DEADLINE_MS),
        CONGESTED_SECONDS: '20',
        KEEP_ALIVE_SECONDS: '5',
        MAX_SUBSCRIBERS: draw('3', '40'),
        MAX_PENDING_ENVIRONMENTS: draw('1', '1000'),
        MAX_STREAM_AGE_SECONDS: draw('0', '0', '30'),
        RESUME: draw('off', 'on'),
        DRAIN_WAIT_SECONDS: draw('0', '1'),
        DRAIN_SECONDS: draw('0', '2'),
        REFETCH_PER_SECOND: draw('0', '0', '4', '20'),
        ECHO_SECONDS: draw('', '', '2', '1,4'),
      },
      20_000,
    );
    this.#config = { ...config, slices: { sessions: draw(1, 2, 3, 1000), turnSessions: draw(1, 2, 1000) } };
    this.#environments = ['alpha', 'beta', 'gamma'].slice(0, draw(1, 2, 3)) as EnvironmentId[];
    this.#hasRefusedEnvironment = draw(true, false, false);
    this.#slots = Array.from({ length: draw(1, 2, 3) }, () => undefined);
    this.#store.appended = (environment, position, isLate) => this.#stored(environment, position, isLate);
    this.#slots.forEach((_, slot) => this.#start(slot));
  }

  /** Everything that could be observed, in one number. */
  digest(): string {
    return this.#digest.copy().digest('hex').slice(0, 32);
  }

  /** @throws Violation when something does not hold any more */
  async perform(step: Step): Promise<void> {
    await this.#perform(step);
    // Promises settle in microtasks, of which a macrotask of the real loop sees the end.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#checkBounds();
    this.#assertSound();
  }

  /** Everything comes to rest, every instance drains, and nothing is left. */
  async end(): Promise<void> {
    await this.#rest();
    for (const [slot] of this.#slots.entries()) this.#drain(slot);
    await this.clock.advance(10_000);
    this.#assertSound();
    must(this.#draining.size === 0, 'a drain comes to its end');
    for (const { subscriber } of this.#subscribers)
      must(subscriber.ending !== 'open', 'every session ends closed', () => `subscriber ${subscriber.id}`);
  }

  #assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  async #perform({ kind, at, environment, amount }: Step): Promise<void> {
    const instance = this.#running(at);
    switch (kind) {
      case 'turn':
        this.clock.turn();
        break;
      case 'tick':
        // Mostly moments, at times seconds, and now and then longer than the retention.
        return this.clock.advance(amount < 700 ? amount % 100 : amount < 985 ? amount * 5 : amount * 80);
      case 'publish':
        if (instance !== undefined) this.#publish(instance, this.#environment(environment), amount);
        break;
      case 'race': {
        const other = this.#running(at + 1);
        for (const [poster, form] of [[instance, amount] as const, [other, 999 - amount] as const])
          if (poster !== undefined) this.#publish(poster, this.#environment(environment), form);
        break;
      }
      case 'publishDirectly':
        this.#publishDirectly(this.#environment(environment), amount);
        break;
      case 'subscribe':
        if (instance !== undefined) this.#subscribe(instance, this.#environment(environment), amount);
        break;
      case 'leave':
        this.#subscriber(at)?.gone();
        break;
      case 'stopReading':
        this.#subscriber(at)?.stopReading();
        break;
      case 'readOn':
        this.#subscriber(at)?.readOn();
        break;
      case 'vanish':
        this.#subscriber(at)?.vanish();
        break;
      case 'rest':
        return this.#rest();
      case 'start':
        if (this.#slots[at % this.#slots.length] === undefined) this.#start(at % this.#slots.length);
        break;
      case 'outage':
        instance?.log.interrupt();
        break;
      case 'outageOfAll':
        for (const each of this.#slots) each?.log.interrupt();
        break;
      case 'restore':
        instance?.log.restore();
        break;
      case 'rebuild':
        instance?.log.rebuild();
        break;
      case 'loseDelivery':
        instance?.log.loseDeliveries(1 + (amount % 2));
        break;
      case 'repeatDeliveries':
      case 'replayOldEpoch':
        if (kind === 'replayOldEpoch') instance?.log.rebuild();
        instance?.log.repeatDeliveries();
        break;
      case 'holdDeliveries':
        instance?.log.holdDeliveries(1 + amount * 3);
        break;
      case 'loseAnswer':
        instance?.log.loseAnswers(1);
        break;
      case 'refuseAppends':
        instance?.log.refuseAppends(1 + (amount % 40));
        break;
      case 'slowAppend':
        instance?.log.slowAppend(1 + amount * 2);
        break;
      case 'crash':
        this.#crash(at % this.#slots.length);
        break;
      case 'drain':
        this.#drain(at % this.#slots.length);
        break;
      case 'rollBack':
        if (this.#backup !== undefined) this.#forget(this.#backup);
        this.#backup = this.#store.backup();
        break;
      case 'makeAnew':
        this.#forget(() => this.#store.reset());
        break;
    }
  }

  #start(slot: number): void {
    const number = this.#instances.length + 1;
    const report = (line: string): void => this.#report(`instance ${number} ${line}`);
    const instance = new Instance(this.#config, this.clock, this.#store, this.#random.next, report);
    this.#slots[slot] = instance;
    this.#instances.push(instance);
    const repaired = new Map<EnvironmentId, number>();
    instance.log.attempted = (environment, updatedAt, { firstStoredAtMs }) => {
      if (firstStoredAtMs !== undefined) {
        const nowMs = this.clock.monotonicMs();
        const sinceMs = nowMs - (repaired.get(environment) ?? -Infinity);
        repaired.set(environment, nowMs);
        this.#guard(() =>
          must(sinceMs >= REPAIR_INTERVAL_MS, 'one repair a second', () => `${environment} after ${sinceMs} ms`),
        );
        this.#guard(() => must(instance.caughtUp, 'an instance repairs the log while it follows it'));
        this.#guard(() => must(!this.#draining.has(instance), 'an instance that drains repairs nothing'));
        return;
      }
      for (const change of this.#changes)
        if (change.instance === instance && change.environment === environment && change.updatedAt === updatedAt)
          change.triedMs.push(this.clock.epochMs());
    };
    void instance.parts.service.start();
  }

  #crash(slot: number): void {
    const instance = this.#slots[slot];
    if (instance === undefined) return;
    this.#slots[slot] = undefined;
    this.#draining.delete(instance);
    instance.crash();
    for (const { subscriber, instance: its } of this.#subscribers)
      if (its === instance && subscriber.ending === 'open') subscriber.ending = 'gone';
    this.#forgetClosed();
    this.#changes = this.#changes.filter((change) => change.instance !== instance);
  }

  #drain(slot: number): void {
    const instance = this.#slots[slot];
    if (instance === undefined || this.#draining.has(instance)) return;
    this.#draining.add(instance);
    instance.parts.service.stop().then(
      () => this.#guard(() => this.#stopped(slot, instance)),
      (error: unknown) => (this.#failure ??= error),
    );
  }

  /** A drained instance leaves nothing behind: no session, no answer that is owed, and in the end no timer. */
  #stopped(slot: number, instance: Instance): void {
    if (this.#slots[slot] !== instance) return;
    this.#slots[slot] = undefined;
    this.#draining.delete(instance);
    const { hubs } = instance.parts;
    must(hubs.subscribers === 0, 'every session ends closed', () => `${hubs.subscribers} are left after the drain`);
    for (const { subscriber, instance: its } of this.#subscribers)
      if (its === instance)
        must(subscriber.ending !== 'open', 'every session ends closed', () => `subscriber ${subscriber.id}`);
    const closed = ['client', 'age', 'drained', 'congested'].map((why) =>
      instance.telemetry.count(`streamClosed.${why}`),
    );
    const total = closed.reduce((sum, count) => sum + count, 0);
    must(total === instance.telemetry.count('streamOpened'), 'every stream is counted once', () => closed.join());
    for (const change of this.#changes)
      if (change.instance === instance)
        must(change.answer !== 'none', 'a drain answers what is under way', () => change.updatedAt);
    this.#changes = this.#changes.filter((change) => change.instance !== instance);
    must(instance.clock.timers === 0, 'no timer is left', () => `${instance.clock.timers} after the drain`);
  }

  /** Anyone may publish to the log without asking an instance. */
  #publishDirectly(environment: EnvironmentId, form: number): void {
    const value = this.#value(environment, form);
    // One that is also asked for would be taken for a second try of that.
    if (this.#changes.some((change) => change.updatedAt === value)) return;
    this.#store.append(environment, value);
  }

  #publish(instance: Instance, environment: EnvironmentId, form: number): void {
    if (!instance.door.open) return;
    const change: Change = {
      instance,
      environment,
      updatedAt: this.#value(environment, form),
      askedMs: this.clock.monotonicMs(),
      storedBefore: this.#store.history(environment).told.length,
      generation: this.#generation,
      answer: 'none',
      answeredMs: 0,
      triedMs: [],
    };
    this.#changes.push(change);
    void instance.parts.changes
      .change(environment, change.updatedAt)
      .then((answer) => this.#guard(() => this.#answered(change, answer)));
  }

  #answered(change: Change, answer: 'stored' | 'unavailable'): void {
    const { told } = this.#store.history(change.environment);
    change.answer = answer;
    change.answeredMs = this.clock.epochMs();
    this.#report(`${change.environment} ${change.updatedAt} ${answer}`);
    const tookMs = this.clock.monotonicMs() - change.askedMs;
    must(tookMs <= DEADLINE_MS + 1, 'a change is answered by its deadline', () => `after ${tookMs} ms`);
    if (answer === 'stored' && !this.#hasLaterOne(change))
      must(
        told.slice(change.storedBefore).some(({ update }) => this.#standsFor(update.updatedAt, change.updatedAt)) ||
          told.some(({ update }) => this.#outranks(update.updatedAt, change.updatedAt)),
        'what is answered with 200 is stored',
        () => `${change.environment} ${change.updatedAt}`,
      );
  }

  /** Where two values cannot be compared the later stands for the other, also among changes that are merged or kept. */
  #hasLaterOne(change: Change): boolean {
    return this.#changes
      .slice(this.#changes.indexOf(change) + 1)
      .some(
        ({ instance, environment, updatedAt }) =>
          instance === change.instance &&
          environment === change.environment &&
          [updatedAt, change.updatedAt].some((value) => comparable(value, this.clock.epochMs()) === undefined),
      );
  }

  /** Whether a value makes every SDK refetch that the other one does, when it comes later. */
  #standsFor(later: string, value: string): boolean {
    const [a, b] = [comparable(later, this.clock.epochMs()), comparable(value, this.clock.epochMs())];
    return a === undefined || b === undefined || a >= b;
  }

  /** Whether no SDK that has received the other one would refetch for this one, whichever came first. */
  #outranks(other: string, value: string): boolean {
    const isComparable = (each: string): boolean => comparable(each, this.clock.epochMs()) !== undefined;
    return isComparable(other) && isComparable(value) && this.#standsFor(other, value);
  }

  #stored(environment: EnvironmentId, position: number, isLate: boolean): void {
    const { told } = this.#store.history(environment);
    const update = told[position]?.update;
    if (update === undefined) return;
    this.#report(`${environment} stores ${update.isRepair === true ? 'again ' : ''}${eventId(update)}`);
    if (update.isRepair === true) return this.#isRepair(environment, position);
    // The sequences of a store that was restored or recreated mean nothing: an append may mistake one for another.
    if (this.#generation > 0) return;
    const same = this.#changes.filter(
      (change) => change.environment === environment && change.updatedAt === update.updatedAt,
    );
    const [one] = same;
    if (one === undefined) return;
    // An update is late if every caller that posted it was refused, and a second try if one still waits for it.
    if (isLate && same.every(({ answer }) => answer === 'unavailable'))
      this.#undoesNothing(environment, position, Math.max(...same.map((change) => change.answeredMs)));
    else if (same.length === 1 && one.answer === 'none' && one.triedMs.length > 1)
      this.#undoesNothing(environment, position, one.triedMs[0] ?? Infinity);
  }

  /** A repair is of a time that can be compared, expires with its original, and undoes nothing. */
  #isRepair(environment: EnvironmentId, position: number): void {
    const { told } = this.#store.history(environment);
    const [before, repair] = [told[position - 1], told[position]];
    if (repair === undefined) return;
    const originals = told.slice(0, position).filter(({ update }) => update.updatedAt === repair.update.updatedAt);
    this.#guard(() => {
      must(repair.comparable !== undefined, 'only times that can be compared are put back', () => environment);
      must(
        originals.some(({ update }) => update.storedAtMs >= repair.update.storedAtMs),
        'a repair expires with its original',
        () => `${environment}: ${repair.update.updatedAt} as of ${repair.update.storedAtMs}`,
      );
      // The sequences of a store that was restored or recreated mean nothing.
      if (before === undefined || this.#generation > 0) return;
      must(
        before.update.storedAtMs <= this.clock.epochMs() - RETENTION_MS ||
          !this.#standsFor(before.update.updatedAt, repair.update.updatedAt),
        'a repair undoes nothing newer',
        () => `${environment}: ${repair.update.updatedAt} over ${before.update.updatedAt}`,
      );
    });
  }

  /** What was stored before, but after the given time, must not have stood for what is stored now. */
  #undoesNothing(environment: EnvironmentId, position: number, afterMs: number): void {
    const { told } = this.#store.history(environment);
    const [before, update] = [told[position - 1]?.update, told[position]?.update];
    const expiredMs = this.clock.epochMs() - RETENTION_MS;
    if (before === undefined || update === undefined || before.storedAtMs <= Math.max(afterMs, expiredMs)) return;
    // What was refused before it, and was only stored after it, is not newer.
    const askedMs = (value: string): number =>
      Math.max(...this.#changes.filter((each) => each.updatedAt === value).map((each) => each.askedMs));
    const refused = this.#changes.some((each) => each.updatedAt === before.updatedAt && each.answer === 'unavailable');
    if (refused && askedMs(before.updatedAt) <= askedMs(update.updatedAt)) return;
    this.#guard(() =>
      must(
        !this.#standsFor(before.updatedAt, update.updatedAt),
        'a second or a late append undoes nothing newer',
        () => `${environment}: ${update.updatedAt} is stored over ${before.updatedAt}`,
      ),
    );
  }

  #subscribe(instance: Instance, environment: EnvironmentId, form: number): void {
    // While an instance drains, a stream can still be opened on a connection that was there before.
    const isConnected = !instance.door.closed && form % 4 === 0;
    if (!instance.door.open && !isConnected) return;
    const isOfrep = form % 7 < 3;
    const pace = isOfrep ? instance.ofrepPace : instance.pace;
    const around = this.#surroundings(instance, environment, pace);
    const { told } = around;
    const subscriber = isOfrep ? new OfrepSubscriber(++this.#ids, around) : new Subscriber(++this.#ids, around);
    const lastEventId = form % 3 === 0 ? (this.#lastEventIds[form % this.#lastEventIds.length] ?? '') : '';
    const due = isOfrep ? this.#lastShown(told) : told.newest(around.retentionHorizonMs());
    if (due === undefined) subscriber.standsAt(told.told.length);
    else if ((isOfrep || this.#config.resume) && eventId(due) === lastEventId) {
      subscriber.standsAt(told.told.length);
      subscriber.heardBefore(lastEventId);
    }
    const { hubs, room, streams, ofrepStreams } = instance.parts;
    const isRefused = isOfrep && room.isDraining;
    const isFull = !isRefused && hubs.subscribers >= this.#config.maxSubscribers;
    const client = { encoder: isOfrep ? OFREP_ENCODER : ENCODER, userAgent: '', lastEventId, address: '' };
    const stream = (isOfrep ? ofrepStreams : streams).open(environment, client, () => subscriber);
    must((stream === 'full') === isFull, 'as many streams as may be');
    must((stream === 'draining') === isRefused, 'an instance that ends its streams opens none of OFREP');
    if (typeof stream === 'string') return;
    subscriber.stream = stream;
    if (told.timesWentBack && !isOfrep) subscriber.standsAt(told.told.length);
    must(
      subscriber.position === told.told.length,
      'who joins hears the register at once',
      () => `subscriber ${subscriber.id}`,
    );
    this.#subscribers.push({ subscriber, instance });
  }

  #surroundings(instance: Instance, environment: EnvironmentId, pace: PaceWitness): Surroundings {
    return {
      environment,
      told: instance.told(environment),
      stored: this.#store.history(environment),
      newsAtMs: () => instance.newsAtMs(environment),
      nowMs: () => this.clock.monotonicMs(),
      echoMs: this.#config.echoMs,
      sentByPass: (count) => pace.sent(count, this.clock.monotonicMs()),
      retentionHorizonMs: () => this.clock.epochMs() - RETENTION_MS,
      wasMadeAnew: () => this.#generation > 0,
      report: (line) => this.#report(line),
      failed: (error) => (this.#failure ??= error),
    };
  }

  /** What a client of OFREP receives on connecting. Undefined also where what expired last hides what is shown. */
  #lastShown({ last }: ReferenceRegister): Update | undefined {
    return last !== undefined && last.storedAtMs > this.clock.epochMs() - RETENTION_MS ? last : undefined;
  }

  /** An operator makes the store forget; its consumers are gone with what they followed. */
  #forget(change: () => void): void {
    this.#generation++;
    change();
    for (const instance of this.#slots) instance?.log.rebuild();
  }

  /** No more faults, every client reads, and enough time for everything in flight. Then everything must have been sent. */
  async #rest(): Promise<void> {
    for (const [slot, instance] of this.#slots.entries())
      if (instance === undefined && slot === 0) this.#start(slot);
      else {
        instance?.log.heal();
        instance?.log.restore();
      }
    this.#everybodyReads();
    await this.#pass(REST_MS / 2 + this.#wholePassMs());
    // Meanwhile the register may have congested one that had stopped reading when nothing was to be written.
    this.#everybodyReads();
    await this.#pass(REST_MS / 2 + this.#wholePassMs());
    this.#forgetClosed();
    this.#assertSound();
    this.#checkSubscribers();
    await this.#checkFreshInstance();
    this.#checkChanges();
  }

  /** The longest that a pass over all sessions of an instance takes at its pace, with a step of it. */
  #wholePassMs(): number {
    const { refetchPerSecond, maxSubscribers } = this.#config;
    return refetchPerSecond === 0 ? 0 : (maxSubscribers * 1000) / refetchPerSecond + PACE_STEP_MS;
  }

  /** Lets time pass; where there is an environment that the log refuses, callers go on to ask for it. */
  async #pass(ms: number): Promise<void> {
    if (!this.#hasRefusedEnvironment) return this.clock.advance(ms);
    for (let passedMs = 0; passedMs < ms; passedMs += REFUSED_EVERY_MS) {
      for (const instance of this.#slots)
        if (instance?.door.open === true)
          void instance.parts.changes.change(REFUSED_ENVIRONMENT, this.#value(REFUSED_ENVIRONMENT, 0));
      await this.clock.advance(REFUSED_EVERY_MS);
    }
  }

  /**
   * An instance that starts now tells a joiner what those tell that followed every message, and nothing smaller than
   * what one of them acknowledged. What expires meanwhile may make one more repair necessary.
   */
  async #checkFreshInstance(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const fresh = new Instance(this.#config, this.clock, this.#store, this.#random.next, () => undefined);
      void fresh.parts.service.start();
      await this.clock.advance(1);
      const differs = this.#environments.flatMap((environment) =>
        this.#slots.flatMap((instance) => {
          if (instance === undefined || this.#draining.has(instance)) return [];
          const [known, told] = [instance, fresh].map(({ parts }) => parts.hub.newest(environment)?.updatedAt);
          // What cannot be compared is not put back where the log has lost it.
          const isGone = known !== undefined && told === undefined && comparable(known, START_MS) === undefined;
          return known === told || (isGone && this.#generation > 0)
            ? []
            : [`${environment}: ${told} instead of ${known}`];
        }),
      );
      const forgotten = this.#changes.filter((change) => this.#isForgotten(change, fresh));
      fresh.crash();
      if (differs.length === 0 && forgotten.length === 0) return;
      must(attempt < 5, 'a fresh instance tells a joiner what the others tell', () =>
        [...differs, ...forgotten.map(({ environment, updatedAt }) => `${environment} lacks ${updatedAt}`)].join('; '),
      );
      await this.#pass(REST_MS);
    }
  }

  /** Acknowledged by an instance that still runs, and not known to the given one, nor what covers it. */
  #isForgotten(change: Change, fresh: Instance): boolean {
    const { environment, updatedAt, answer, triedMs, storedBefore } = change;
    if (answer !== 'stored' || comparable(updatedAt, this.clock.epochMs()) === undefined) return false;
    if (this.#hasLaterOne(change)) return false;
    if ((triedMs[0] ?? 0) <= this.clock.epochMs() - RETENTION_MS) return false;
    const { told } = this.#store.history(environment);
    // After a value that cannot be compared the count begins again, also where a store that was put back holds one.
    const since = this.#generation === 0 ? storedBefore : 0;
    if (told.slice(since).some((later) => later.comparable === undefined)) return false;
    const newest = fresh.parts.hub.newest(environment);
    return newest === undefined || !this.#standsFor(newest.updatedAt, updatedAt);
  }

  #everybodyReads(): void {
    for (const { subscriber } of this.#subscribers) {
      if (subscriber.ending !== 'open') continue;
      if (subscriber.isConnected) subscriber.readOn();
      else subscriber.gone();
    }
  }

  #checkSubscribers(): void {
    const last = new Map(this.#store.replay());
    for (const { subscriber, instance } of this.#subscribers) {
      const { environment, told, stored } = subscriber.around;
      must(instance.caughtUp, 'an instance catches up');
      must(
        subscriber.position === told.told.length,
        'at rest everybody has heard',
        () => `subscriber ${subscriber.id} at ${subscriber.position} of ${told.told.length}`,
      );
      if (subscriber instanceof OfrepSubscriber) subscriber.checkAtRest();
      else this.#checkEcho(subscriber, instance);
      const newest = last.get(environment);
      // A repair lies in the log for longer than its original would be shown.
      if (newest === undefined || newest.storedAtMs <= this.clock.epochMs() - RETENTION_MS) continue;
      const owed = stored.told.findLastIndex(({ update }) => eventId(update) === eventId(newest));
      if (subscriber instanceof OfrepSubscriber) {
        this.#checkReached(subscriber, owed);
        continue;
      }
      must(
        subscriber.heard.some(
          (position) =>
            stored.settles(position, owed) || eventId(stored.told[position]?.update ?? newest) === eventId(newest),
        ),
        'at rest everybody has heard the newest, or what makes its SDK refetch as well',
        () => `subscriber ${subscriber.id} has not heard ${eventId(newest)}`,
      );
    }
  }

  /** A change that the log holds has reached a client of OFREP, or a later one has. A repair is as late as its original. */
  #checkReached({ id, around, heard }: OfrepSubscriber, owed: number): void {
    const { told } = around.stored;
    const repaired = told[owed]?.update;
    // Until it is repaired, a store that was put back shows what came before to those that connect, as the last.
    if (repaired?.isRepair === true && this.#generation > 0) return;
    const original =
      repaired?.isRepair === true
        ? told.findIndex(({ update }) => update.isRepair !== true && update.updatedAt === repaired.updatedAt)
        : owed;
    must(
      heard.some((position) => position >= original),
      'at rest every client of OFREP has heard the newest change or a later one',
      () => `subscriber ${id} lacks ${repaired?.updatedAt}`,
    );
  }

  /** Clients that were connected when the last news came have received the newest again, after the last of its times. */
  #checkEcho({ id, around, joinedAtMs, heardAtMs }: SimulatedClient, instance: Instance): void {
    const newsAtMs = instance.newsAtMs(around.environment);
    const echoAtMs = newsAtMs + (this.#config.echoMs.at(-1) ?? NaN);
    const isShown = around.told.newest(around.retentionHorizonMs()) !== undefined && !around.told.timesWentBack;
    if (joinedAtMs >= newsAtMs || !isShown || !(this.clock.monotonicMs() >= echoAtMs + this.#wholePassMs())) return;
    must(
      heardAtMs >= echoAtMs,
      'who stays hears the echo',
      () => `subscriber ${id} has heard nothing since ${echoAtMs} ms`,
    );
  }

  /** What was refused is stored in the end, or something newer is that stands for it. */
  #checkChanges(): void {
    for (const change of this.#changes) {
      const { instance, environment, updatedAt, answer, storedBefore, generation } = change;
      must(answer !== 'none', 'a change is answered by its deadline', () => `${environment} ${updatedAt}`);
      if (answer === 'stored' || this.#hasLaterOne(change)) continue;
      if (generation !== this.#generation || instance.telemetry.count('pendingSettled.overflowed') > 0) continue;
      const { told } = this.#store.history(environment);
      const value = comparable(updatedAt, this.clock.epochMs());
      must(
        told.some(({ update, comparable: known }, position) =>
          position >= storedBefore
            ? this.#standsFor(update.updatedAt, updatedAt)
            : known !== undefined && value !== undefined && known >= value,
        ),
        'what is refused is stored in the end, or what stands for it',
        () => `${environment} ${updatedAt} (${answer})`,
      );
    }
    for (const instance of this.#slots)
      if (instance !== undefined && !this.#draining.has(instance))
        must(
          instance.parts.pending.size - (instance.parts.pending.kept(REFUSED_ENVIRONMENT) === undefined ? 0 : 1) === 0,
          'nothing waits at rest',
          () => `${instance.parts.pending.size} wait`,
        );
    this.#changes = [];
  }

  #checkBounds(): void {
    for (const instance of this.#slots) {
      if (instance === undefined) continue;
      const { hub, ofrepHub, hubs, pending } = instance.parts;
      must(hubs.subscribers <= this.#config.maxSubscribers, 'as many streams as may be');
      must(pending.size <= this.#config.maxPendingEnvironments, 'as many refused updates as may be');
      instance.pace.check();
      instance.ofrepPace.check();
      for (const { sessions } of ofrepHub.channels.values())
        must(sessions.size > 0, 'a channel of OFREP goes with its last stream');
      must(hub.channels.size <= this.#environments.length, 'a channel for each environment at most');
    }
  }

  #forgetClosed(): void {
    for (const { subscriber } of this.#subscribers)
      if (subscriber.ending !== 'open' && subscriber.lastEventId !== '')
        this.#lastEventIds.push(subscriber.lastEventId);
    this.#lastEventIds = this.#lastEventIds.slice(-10);
    const open = this.#subscribers.filter(({ subscriber }) => subscriber.ending === 'open');
    this.#subscribers.splice(0, this.#subscribers.length, ...open);
  }

  /** An environment's next value: mostly the time, at times one that goes back or cannot be compared. */
  #value(environment: EnvironmentId, form: number): UpdatedAt {
    this.#values++;
    const micros = String(this.#values % 1_000_000).padStart(6, '0');
    const seconds = Math.floor(this.clock.epochMs() / 1000);
    // A restored store may reach the same sequence with the same value again: that is not news to any client.
    const last = this.#generation === 0 ? this.#store.history(environment).last?.updatedAt : undefined;
    const text =
      form < 500
        ? `${seconds}.${micros}`
        : form < 800
          ? `${seconds - (form - 500)}.${micros}`
          : form < 860
            ? (last ?? '0')
            : form < 930
              ? String(this.#values)
              : form < 970
                ? `${seconds}000`
                : `${seconds + 100 * 86_400}.${micros}`;
    return parseUpdatedAt(text) as UpdatedAt;
  }

  #environment(number: number): EnvironmentId {
    return this.#environments[number % this.#environments.length] as EnvironmentId;
  }

  #running(number: number): Instance | undefined {
    return this.#slots[number % this.#slots.length];
  }

  #subscriber(number: number): SimulatedClient | undefined {
    const open = this.#subscribers.filter(({ subscriber }) => subscriber.ending === 'open');
    return open[number % open.length]?.subscriber;
  }

  #report(line: string): void {
    const stamped = `${this.clock.monotonicMs()} ms: ${line}`;
    this.#digest.update(stamped);
    this.#tell(stamped);
  }

  /** What fails in a callback of the service is kept, so that the service cannot swallow it. */
  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#failure ??= error;
    }
  }
}

function comparable(updatedAt: string, nowMs: number): bigint | undefined {
  const match = /^(\d+)\.(\d{6})$/.exec(updatedAt);
  if (match === null || BigInt(match[1] as string) * 1000n > BigInt(nowMs) + 86_400_000n) return undefined;
  return BigInt((match[1] as string) + (match[2] as string));
}
