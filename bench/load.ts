import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { LOAD_CORE } from './machine.ts';

export interface Histogram {
  readonly count: number;
  readonly maxUs: number;
  readonly percentilesUs: readonly (readonly [percent: number, us: number])[];
}

/** The load generator's answer to a command. Times are in microseconds. */
export interface LoadReport {
  readonly outcome: 'done' | 'timeout' | 'unknown' | 'no TLS';
  /** How long the command took, and the generator's own processor time in it. */
  readonly us: number;
  readonly cpuUs: number;
  /** Open streams, and how many of the reading ones have not received the newest update. */
  readonly streams: number;
  readonly behind: number;
  readonly opened: number;
  readonly failed: number;
  /** Opened streams that received an update on connecting. */
  readonly greeted: number;
  /** Received updates that were newer than the stream's last one, and the others. */
  readonly events: number;
  readonly replays: number;
  readonly closedByPeer: number;
  readonly posts: number;
  readonly postErrors: number;
  readonly floodPosts: number;
  readonly floodErrors: number;
  readonly lastValue: number;
  /** From the POST of the oldest update that an event represents, to its receipt. */
  readonly latency: Histogram;
  readonly answers: Histogram;
  readonly floodAnswers: Histogram;
  /** From connect to the first bytes of the stream. */
  readonly opening: Histogram;
  /** From the first POST of a round until every subscriber had received it. */
  readonly reach: Histogram;
}

export interface RunOptions {
  /** Rounds of updates; a round posts to each of `envs` environments. */
  readonly updates?: number;
  readonly envs?: number;
  /** Posts in a round, if it is not one for each environment. */
  readonly burst?: number;
  /** 0: a round begins when all have received the previous one. */
  readonly every_us?: number;
  /** Connections that post updates. */
  readonly pool?: number;
  /** Connections that post continuously, beside the updates or for `flood_ms`. */
  readonly flood?: number;
  readonly flood_ms?: number;
  /** Posts per second over all connections; 0: as fast as they are answered. */
  readonly flood_rate?: number;
  readonly flood_first?: number;
  readonly flood_envs?: number;
  readonly timeout_ms?: number;
}

export interface OpenOptions {
  readonly n: number;
  readonly envs?: number;
  /** How many connects may be in progress at a time. */
  readonly in_flight?: number;
  /** Every n-th stream stops reading once it is open. */
  readonly deaf_every?: number;
  /** 1: done when each stream has received an update, too. */
  readonly expect?: 0 | 1;
  readonly timeout_ms?: number;
}

/** How a generator reaches a server. */
export interface LoadTarget {
  readonly port: number;
  /** The whole name if there is one environment; otherwise numbers follow it. */
  readonly name?: string;
  readonly environments?: number;
  /** What subscribers speak, each on its own connection; in the clear by default. */
  readonly tls?: 'http/1.1' | 'h2';
  /** The port for posts, which are always in the clear; the same port by default. */
  readonly postPort?: number;
  /** Whether it yields to another generator on the same core, so that the other is not late. */
  readonly isBackground?: boolean;
}

const PROTOCOLS = { 'http/1.1': 1, h2: 2 } as const;

let started = 0;

/** The load generator in its process, on its own core. */
export class Load {
  readonly #child: ChildProcess;
  /** The command that waits for its answer: there is one at a time. */
  #waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void } | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) =>
      this.#waiting?.resolve(line),
    );
    child.once('exit', () => this.#waiting?.reject(new Error('the load generator ended')));
  }

  /**
   * @param binary the compiled generator; for TLS the one that speaks it
   */
  static async start(binary: string, target: LoadTarget): Promise<Load> {
    const command = ['-c', String(LOAD_CORE), ...(target.isBackground === true ? ['nice', '-n', '19'] : []), binary];
    const load = new Load(spawn('taskset', command, { stdio: ['pipe', 'pipe', 'inherit'] }));
    await load.#aim(target).catch(async (error: unknown) => {
      await load.end();
      throw error;
    });
    return load;
  }

  #aim(target: LoadTarget): Promise<LoadReport> {
    return this.#command('target', {
      port: target.port,
      post_port: target.postPort ?? target.port,
      protocol: target.tls === undefined ? 0 : PROTOCOLS[target.tls],
      name: target.name ?? 'load_test',
      environments: target.environments ?? 1,
      // Each generator has its own source addresses, because one address has only some 28,000 ports.
      first_source: 1 + 4 * (started++ % 50),
      sources: 4,
    });
  }

  open(options: OpenOptions): Promise<LoadReport> {
    return this.#command('open', options);
  }

  run(options: RunOptions): Promise<LoadReport> {
    return this.#command('run', options);
  }

  reset(): Promise<LoadReport> {
    return this.#command('reset', {});
  }

  /** Waits until every stream has received this value, or a newer one. */
  settle(value: number, timeoutMs: number): Promise<LoadReport> {
    return this.#command('settle', { value, timeout_ms: timeoutMs });
  }

  /** Closes all connections. */
  close(): Promise<LoadReport> {
    return this.#command('close', {});
  }

  async end(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
  }

  async #command(name: string, options: object): Promise<LoadReport> {
    const words = Object.entries(options).map(([key, value]) => `${key}=${value as string | number}`);
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#child.stdin?.write(`${name} ${words.join(' ')}\n`);
    });
    const report = JSON.parse(line) as LoadReport;
    if (report.outcome === 'unknown') throw new Error(`the load generator does not know "${name}"`);
    if (report.outcome === 'no TLS') throw new Error('this load generator was compiled without TLS');
    return report;
  }
}

export function percentileMs(histogram: Histogram, percent: number): number {
  const us = histogram.percentilesUs.find(([point]) => point === percent)?.[1] ?? histogram.maxUs;
  return us / 1000;
}
