import { setTimeout } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { NatsAdmin } from '../support/servers/nats-admin.ts';
import type { NatsServer } from '../support/servers/nats-server.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { TOKEN } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { Random } from '../simulation/random.ts';

export interface SoakOptions {
  readonly seconds: number;
  readonly clients: number;
  /** On a slow machine the run continues until this many streams were opened and this many changes acknowledged. */
  readonly atLeast?: { readonly streams: number; readonly posts: number };
  readonly environment?: Record<string, string>;
  /** A real log, which is killed or paused from time to time; without it the log is in memory. */
  readonly faults?: { readonly nats: NatsServer; readonly everySeconds: number };
  readonly onSample?: (sample: Sample) => void;
}

export interface Sample {
  readonly seconds: number;
  readonly residentMb: number;
  readonly heapMb: number;
  readonly files: number;
  readonly subscribers: number;
}

/** What must be as before after all clients have left. */
export interface Remains {
  readonly files: number;
  readonly timers: number;
  readonly subscribers: number;
  readonly channels: number;
}

export interface SoakReport {
  readonly samples: readonly Sample[];
  /** Changes that were acknowledged, and those that were refused while the log was unreachable. */
  readonly posts: number;
  readonly refused: number;
  readonly streams: number;
  readonly faults: number;
  /** The slopes over the second half of the run; that of V8's heap is of what it falls back to. */
  readonly residentMbPerHour: number;
  readonly heapMbPerHour: number;
  readonly before: Remains;
  readonly after: Remains;
  readonly exitCode: number;
}

/** Short, so that environments are forgotten within the run. */
const RETENTION_SECONDS = 2;
const ENVIRONMENTS = 50;
/** The environment whose changes an impostor answers in place of JetStream, in a run with faults. */
const GARBLED = 'env-0';
const GARBAGE = ['', 'null', '1', '[]', '"x"', '{}', '{"seq":"7"}', '{"error":5}', '\xff\xfe'];
const SAMPLE_MS = 1000;
/** A run is divided into this many windows, to see the minimum in each. */
const WINDOWS = 60;
const MB = 2 ** 20;

/**
 * Runs the service in its own process under churn: streams that open, stay, stop reading, and end in every way, and
 * continuous changes by two callers at once, whose times go backwards now and then. At the end every client leaves,
 * and nothing may be left.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const random = new Random(1);
  const { faults } = options;
  const service = await ServiceProcess.start({
    RETENTION_SECONDS: String(RETENTION_SECONDS),
    KEEP_ALIVE_SECONDS: '1',
    CONGESTED_SECONDS: '5',
    MAX_STREAM_AGE_SECONDS: '20',
    APPEND_DEADLINE_MS: '300',
    ...(faults === undefined ? {} : { UPDATE_LOG: 'nats', NATS_URL: faults.nats.url }),
    ...options.environment,
  });
  let closeGarbler = (): Promise<void> => Promise.resolve();
  try {
    await isReady(service);
    if (faults !== undefined) closeGarbler = await garble(faults.nats, random);
    const before = await remainsOf(service);
    const clients = new Set<RawClient>();
    const samples: Sample[] = [];
    const counts = { posts: 0, refused: 0, streams: 0, faults: 0 };
    const beganMs = performance.now();
    const secondsGone = (): number => (performance.now() - beganMs) / 1000;
    let faultsEnded: Promise<void> = Promise.resolve();
    let sampledMs = 0;
    const { atLeast = { streams: 0, posts: 0 } } = options;
    const isWhole = (): boolean => counts.streams >= atLeast.streams && counts.posts >= atLeast.posts;
    while (secondsGone() < options.seconds || !isWhole()) {
      for (const client of clients) if (client.ending !== 'open' && clients.delete(client)) client.destroy();
      await churn(service.port, clients, options.clients, random, counts);
      if (performance.now() - sampledMs < SAMPLE_MS) continue;
      sampledMs = performance.now();
      const sample = { seconds: secondsGone(), ...(await measure(service)) };
      samples.push(sample);
      options.onSample?.(sample);
      if (faults !== undefined && sample.seconds > (counts.faults + 0.5) * faults.everySeconds)
        faultsEnded = faultsEnded.then(() => cause(faults.nats, counts.faults++));
    }
    await faultsEnded;
    for (const client of clients) client.destroy();
    await isReady(service);
    let after = before;
    await eventually(
      'nothing to be left',
      async () => {
        after = await remainsOf(service);
        // The connection that reads the metrics is one of the files, and may stay.
        return !isAnythingLeft({ before, after });
      },
      60_000,
    ).catch(() => undefined);
    service.signal('SIGTERM');
    const exitCode = await service.exited();
    const { posts, refused, streams } = counts;
    return {
      samples,
      posts,
      refused,
      streams,
      faults: counts.faults,
      residentMbPerHour: slope(samples.map(({ seconds, residentMb: mb }) => [seconds, mb])),
      heapMbPerHour: slope(floorOf(samples, options.seconds)),
      before,
      after,
      exitCode,
    };
  } finally {
    await closeGarbler();
    await service.kill();
  }
}

/** Answers one environment's changes beside JetStream, as an impostor would. */
async function garble(nats: NatsServer, random: Random): Promise<() => Promise<void>> {
  const garbler = await NatsAdmin.connect(nats.port);
  garbler.connection.subscribe(`flagsmith.environment.${GARBLED}`, {
    callback: (_error, message) => void message.respond(random.pick(GARBAGE)),
  });
  return () => garbler.close();
}

/** Kills the log, and the next time pauses it: both for longer than a change may wait. */
async function cause(nats: NatsServer, fault: number): Promise<void> {
  if (fault % 2 === 0) {
    await nats.kill();
    await setTimeout(1000);
    await nats.restart();
  } else {
    nats.pause();
    await setTimeout(2000);
    nats.resume();
  }
}

/** A handful of new streams, ended streams and changes. */
async function churn(
  port: number,
  clients: Set<RawClient>,
  most: number,
  random: Random,
  counts: { posts: number; refused: number; streams: number },
): Promise<void> {
  const any = [...clients];
  for (let step = 0; step < 20; step++) {
    const client = random.pick(any);
    switch (random.below(6)) {
      case 0:
      case 1: {
        if (clients.size >= most) break;
        const opened = await RawClient.connect(port, '127.0.0.1', { keeps: 1000 });
        opened.send(`GET /sse/environments/env-${random.below(ENVIRONMENTS)}/stream HTTP/1.1\r\nHost: h\r\n\r\n`);
        clients.add(opened);
        counts.streams++;
        break;
      }
      case 2:
        if (client !== undefined) client[random.pick(['reset', 'destroy', 'end', 'stopReading', 'readOn'] as const)]();
        break;
      default: {
        const environment = `env-${random.below(ENVIRONMENTS)}`;
        const seconds = Date.now() / 1000;
        const times = [seconds, random.below(10) < 3 ? seconds - random.below(100) : seconds];
        for (const status of await Promise.all(times.map((time) => post(port, environment, time))))
          if (status === 200) counts.posts++;
          else if (status === 503) counts.refused++;
          else throw new Error(`a change was answered with ${status}`);
      }
    }
  }
}

async function post(port: number, environment: string, seconds: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/sse/environments/${environment}/queue-change`, {
    method: 'POST',
    headers: { Authorization: `Token ${TOKEN}` },
    body: `{"updated_at":${seconds}}`,
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function isReady(service: ServiceProcess): Promise<void> {
  await eventually('to be ready', async () => (await fetch(service.url('/readyz'))).ok, 60_000);
}

async function measure(service: ServiceProcess): Promise<Omit<Sample, 'seconds'>> {
  const read = await readMetrics(service);
  return {
    residentMb: read('process_resident_memory_bytes') / MB,
    heapMb: read('nodejs_heap_size_used_bytes') / MB,
    files: read('process_open_fds'),
    subscribers: read('flagsmith_sse_subscribers'),
  };
}

async function remainsOf(service: ServiceProcess): Promise<Remains> {
  const read = await readMetrics(service);
  return {
    files: read('process_open_fds'),
    timers: read('nodejs_active_resources{type="Timeout"}'),
    subscribers: read('flagsmith_sse_subscribers'),
    channels: read('halyard_channels'),
  };
}

async function readMetrics(service: ServiceProcess): Promise<(sample: string) => number> {
  const page = await (await fetch(service.url('/metricsz'))).text();
  return (sample) => {
    const value = sampleOf(page, sample);
    if (value === undefined) throw new Error(`no metric ${sample}`);
    return value;
  };
}

/** Whether there is more of anything than before the first stream. */
export function isAnythingLeft({ before, after }: Pick<SoakReport, 'before' | 'after'>): boolean {
  return (Object.keys(before) as (keyof Remains)[]).some((name) => after[name] > before[name]);
}

/** The least of V8's heap in each window: what is above it is garbage that was not collected yet. */
function floorOf(samples: readonly Sample[], seconds: number): [number, number][] {
  const floor = new Map<number, [number, number]>();
  for (const { seconds: at, heapMb } of samples) {
    const window = Math.floor((at / seconds) * WINDOWS);
    if (heapMb < (floor.get(window)?.[1] ?? Infinity)) floor.set(window, [at, heapMb]);
  }
  return [...floor.values()];
}

/** Per hour, by least squares, over the second half of pairs of seconds and megabytes: the first is warming up. */
function slope(points: readonly (readonly [number, number])[]): number {
  const half = points.slice(Math.floor(points.length / 2));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [time, memory] = [mean(half.map(([at]) => at)), mean(half.map(([, mb]) => mb))];
  const over = half.reduce((sum, [at, mb]) => sum + (at - time) * (mb - memory), 0);
  const under = half.reduce((sum, [at]) => sum + (at - time) ** 2, 0);
  return under === 0 ? 0 : (over / under) * 3600;
}
