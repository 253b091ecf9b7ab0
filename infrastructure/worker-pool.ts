import cluster, { type Worker } from 'node:cluster';
import { findFree, formatAddresses } from '../adapters/http/port-reservation.ts';
import { type Clock, pause, type Timer } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import { thrown } from '../application/thrown.ts';
import type { Config } from './config.ts';
import { HistoryGathering } from './history-gathering.ts';
import { MetricsGathering } from './metrics-gathering.ts';
import { isReport, order, type WorkerReport } from './worker-message.ts';

/** The delay before a worker that ended by itself is restarted. It doubles each time the worker ends young. */
const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 30_000;
/** The back-off resets after this uptime: the end was not due to the start. */
const STABLE_AFTER_MS = 60_000;
/** How long a replacement may take to read the log; after that it serves without it. */
const READY_WAIT_MS = 15_000;
/** In addition to the drain's own time; a worker that takes longer hangs, and is killed. */
const DRAIN_GRACE_MS = 10_000;

/**
 * Several full instances of the service as processes that share its port: the kernel spreads connections over them.
 * They know of each other only through the log, like instances on several machines.
 */
export class WorkerPool {
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #slots: Slot[] = [];
  #replacing = false;
  #stopping = false;

  constructor(config: Config, clock: Clock, logger: Logger) {
    this.#config = config;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * @throws Error if an address is in use, or if a worker ends before it listens; no worker is left then
   */
  async start(): Promise<void> {
    const { workers, drainWaitMs, drainMs } = this.#config;
    const wanted = [
      ['LISTEN_ADDR', this.#config.listenAddresses],
      ['INTERNAL_LISTEN_ADDR', this.#config.internalListenAddresses],
      ['TLS_LISTEN_ADDR', this.#config.tlsListenAddresses],
      ['HTTP2_LISTEN_ADDR', this.#config.http2ListenAddresses],
    ] as const;
    const addresses = await findFree(wanted.flatMap(([, each]) => each));
    const ports = addresses.map(({ port }) => port);
    const environment: NodeJS.ProcessEnv = {};
    for (const [name, { length }] of wanted) environment[name] = formatAddresses(addresses.splice(0, length));
    new MetricsGathering(this.#clock, this.#logger).start();
    new HistoryGathering().start();
    const drainCeilingMs = drainWaitMs + drainMs + DRAIN_GRACE_MS;
    this.#slots = Array.from(
      { length: workers },
      () => new Slot({ environment, drainCeilingMs }, this.#clock, this.#logger),
    );
    const outcomes = await Promise.all(this.#slots.map((slot) => slot.fill()));
    if (outcomes.includes('ended')) {
      for (const slot of this.#slots) slot.kill();
      throw new Error('a worker could not start; the reason is above or in the log');
    }
    this.#logger.info('workers_started', { workers, ports });
  }

  /** Drains all workers together. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#slots.map((slot) => slot.empty()));
  }

  /** Ends all workers at once. */
  kill(): void {
    for (const slot of this.#slots) slot.kill();
  }

  /** Replaces the workers in turn: each new one serves before the old one drains, so clients always find one. */
  async replaceAll(): Promise<void> {
    if (this.#replacing || this.#stopping) return;
    this.#replacing = true;
    let replaced = 0;
    try {
      for (const slot of this.#slots) if (await this.#replace(slot)) replaced++;
    } finally {
      this.#replacing = false;
    }
    this.#logger.info('workers_replaced', { replaced });
  }

  async #replace(slot: Slot): Promise<boolean> {
    return !this.#stopping && (await slot.replace());
  }
}

interface SlotOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly drainCeilingMs: number;
}

/** The place of one worker. The current worker is supervised; one that was moved out only drains. */
class Slot {
  readonly #options: SlotOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Every process that has not ended, including one that drains after its replacement. */
  readonly #alive = new Set<Worker>();
  #current: Worker | undefined;
  #quickEnds = 0;
  #retry: Timer | undefined;
  #closed = false;

  constructor(options: SlotOptions, clock: Clock, logger: Logger) {
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Settles when the worker listens, or has ended before it did. */
  fill(): Promise<'started' | 'ended'> {
    const worker = this.#fork();
    this.#current = worker;
    return worker === undefined ? Promise.resolve('ended') : outcomeOf(worker, 'started');
  }

  async empty(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    await Promise.all([...this.#alive].map((worker) => this.#drain(worker)));
  }

  kill(): void {
    this.#closed = true;
    this.#retry?.cancel();
    for (const worker of this.#alive) worker.process.kill('SIGKILL');
  }

  /** @returns whether it was replaced: a worker stays if its successor does not start */
  async replace(): Promise<boolean> {
    const old = this.#current;
    const successor = this.#fork();
    if (successor === undefined || (await this.#comesUp(successor)) === 'ended') {
      this.#logger.error('worker_not_replaced', { worker: old?.id });
      return false;
    }
    this.#retry?.cancel();
    // It may have been restarted meanwhile: the worker that is in the slot now has to end.
    const outgoing = this.#current;
    this.#current = successor;
    if (outgoing !== undefined) await this.#drain(outgoing);
    return true;
  }

  async #comesUp(worker: Worker): Promise<'started' | 'ended'> {
    const ready = outcomeOf(worker, 'ready');
    if ((await outcomeOf(worker, 'started')) === 'ended') return 'ended';
    return Promise.race([ready, pause(this.#clock, READY_WAIT_MS).then(() => 'started' as const)]);
  }

  /** Undefined if no process can be started: some shortages are thrown, and others are an event of the worker. */
  #fork(): Worker | undefined {
    const bornMs = this.#clock.monotonicMs();
    try {
      const worker = cluster.fork(this.#options.environment);
      this.#watch(worker, bornMs);
      return worker;
    } catch (error) {
      this.#logger.error('worker_not_forked', { ...thrown(error), ...this.#refillLater(bornMs) });
      return undefined;
    }
  }

  #watch(worker: Worker, bornMs: number): void {
    this.#alive.add(worker);
    worker.on('message', (message: unknown) => {
      if (!isReport(message) || message.halyard !== 'started') return;
      this.#logger.info('worker_started', { worker: worker.id, pid: worker.process.pid });
      // An order that came while it was starting may have arrived before it handled orders.
      if (this.#closed) order(worker, { halyard: 'drain' });
    });
    worker.on('error', (error) => {
      const [id, reason] = [worker.id, error.message];
      if (neverRan(worker) && this.#alive.has(worker))
        this.#logger.error('worker_not_forked', { worker: id, reason, ...this.#over(worker, bornMs) });
      else this.#logger.warn('worker_channel_failed', { worker: id, why: reason });
    });
    worker.once('exit', (code: number | null, signal: string | null) => {
      const refill = this.#over(worker, bornMs);
      if (refill === undefined) return;
      this.#logger.error('worker_ended', {
        worker: worker.id,
        pid: worker.process.pid,
        exit: code ?? signal,
        ...refill,
      });
    });
  }

  #over(worker: Worker, bornMs: number): { readonly restartInMs: number } | undefined {
    this.#alive.delete(worker);
    if (worker !== this.#current) return undefined;
    this.#current = undefined;
    return this.#refillLater(bornMs);
  }

  /** The slot is empty and should not be. At the pool's own start the pool ends, and nothing is left. */
  #refillLater(bornMs: number): { readonly restartInMs: number } | undefined {
    if (this.#closed || this.#current !== undefined) return undefined;
    if (this.#clock.monotonicMs() - bornMs >= STABLE_AFTER_MS) this.#quickEnds = 0;
    const restartInMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** this.#quickEnds++);
    this.#retry?.cancel();
    this.#retry = this.#clock.after(restartInMs, () => {
      if (!this.#closed && this.#current === undefined) void this.fill();
    });
    return { restartInMs };
  }

  async #drain(worker: Worker): Promise<void> {
    const ended = outcomeOf(worker, 'never');
    order(worker, { halyard: 'drain' });
    const hangs = this.#clock.after(this.#options.drainCeilingMs, () => {
      this.#logger.error('worker_killed', { worker: worker.id, why: 'it did not end after its drain' });
      worker.process.kill('SIGKILL');
    });
    await ended;
    hangs.cancel();
  }
}

/** Settles when the worker has reported, or has ended. */
function outcomeOf(worker: Worker, report: WorkerReport['halyard'] | 'never'): Promise<'started' | 'ended'> {
  return new Promise((resolve) => {
    if (worker.isDead()) return resolve('ended');
    worker.once('exit', () => resolve('ended'));
    worker.on('error', () => {
      if (neverRan(worker)) resolve('ended');
    });
    worker.on('message', (message: unknown) => {
      if (isReport(message) && message.halyard === report) resolve('started');
    });
  });
}

/** Its fork failed: it emits an `error`, but no `exit`. */
function neverRan(worker: Worker): boolean {
  return worker.process.pid === undefined;
}
