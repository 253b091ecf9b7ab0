import { FetchingClients, type Fetch, fetchFlags } from '../fetching-clients.ts';
import { atMost, type Bench, digits, type Findings, pause, withSubject } from '../scenario.ts';
import { SlowFlagsApi } from '../slow-flags-api.ts';
import { type Subject, TOKEN } from '../subject.ts';

interface Size {
  readonly clients: number;
  /** How many requests per second the stand-in for the API answers. */
  readonly capacity: number;
  /** How long a client waits for its answer. */
  readonly timeoutMs: number;
}

const WHOLE: Size = { clients: 5000, capacity: 100, timeoutMs: 10_000 };
const QUICK: Size = { clients: 400, capacity: 100, timeoutMs: 1000 };
/** A pass takes this much longer than the API needs for all clients. */
const SLACK = 1.25;
const ENVIRONMENT = 'load_test';
const PROBE_EVERY_MS = 500;

/** A path from the event to the flags. */
interface Way {
  readonly title: string;
  readonly env: (size: Size, api: SlowFlagsApi) => Readonly<Record<string, string>>;
  readonly flagsUrl: (subject: Subject, api: SlowFlagsApi) => string;
}

const AT_ONCE: Way = { title: 'all at once', env: () => ({}), flagsUrl: (_, api) => api.url };
const AT_A_PACE: Way = {
  title: 'at a pace',
  env: ({ capacity }) => ({ REFETCH_PER_SECOND: String(Math.floor(capacity / SLACK)) }),
  flagsUrl: (_, api) => api.url,
};
/** Without an echo: each client fetches once, because an SDK with new flags ignores an echo. */
const WITH_RELAY: Way = {
  title: 'from the relay',
  env: (_, api) => ({ FLAGS_RELAY: 'on', FLAGSMITH_API_URL: api.baseUrl, ECHO_SECONDS: '' }),
  flagsUrl: ({ port }) => `http://127.0.0.1:${port}/api/v1/flags/`,
};
const WAYS: readonly Way[] = [AT_ONCE, AT_A_PACE, WITH_RELAY];
/** With the relay, from the event to the last client's new flags. */
const RELAY_SECONDS = 2;

interface Run {
  readonly fetches: readonly Fetch[];
  /** Clients that have the new flags, and when the last of them received its flags. */
  readonly fresh: number;
  readonly freshAfterMs: number;
  readonly apiRequests: number;
  /** Times of another client's requests meanwhile, in ascending order. */
  readonly probesMs: readonly number[];
}

async function run(bench: Bench, way: Way, size: Size): Promise<Run> {
  const api = await SlowFlagsApi.start(size.capacity);
  try {
    return await withSubject(bench, 'halyard', { env: way.env(size, api) }, async (subject) => {
      const fetches: Fetch[] = [];
      let [asked, freshAtMs] = [0, 0];
      const flagsUrl = way.flagsUrl(subject, api);
      const clients = new FetchingClients(() => {
        asked++;
        void fetchFlags(flagsUrl, ENVIRONMENT, size.timeoutMs).then((one) => {
          fetches.push(one);
          if (one.version === api.version) freshAtMs = performance.now();
        });
      });
      const base = `http://127.0.0.1:${subject.port}/sse/environments/${ENVIRONMENT}`;
      await clients.open(`${base}/stream`, size.clients);
      const probing = new AbortController();
      const probes = probe(flagsUrl, size.timeoutMs, probing.signal);
      const beganMs = performance.now();
      api.version++;
      const { status } = await fetch(`${base}/queue-change`, {
        method: 'POST',
        headers: { Authorization: `Token ${TOKEN}` },
        body: JSON.stringify({ updated_at: new Date().toISOString() }),
      });
      if (status !== 200) throw new Error(`the change was answered with ${status}`);
      const ceilingMs = beganMs + 4 * ((size.clients / size.capacity) * 1000 + size.timeoutMs);
      while (fetches.length < size.clients && performance.now() < ceilingMs) await pause(50);
      probing.abort();
      clients.close();
      if (fetches.length < size.clients) throw new Error(`${asked} of ${size.clients} clients received the event`);
      const probesMs = (await probes).sort((a, b) => a - b);
      const fresh = fetches.filter(({ version }) => version === api.version).length;
      return { fetches, fresh, freshAfterMs: freshAtMs - beganMs, apiRequests: api.requests, probesMs };
    });
  } finally {
    await api.stop();
  }
}

/** Another client's requests, one after the other. One that fails counts as long as it waited. */
async function probe(url: string, timeoutMs: number, until: AbortSignal): Promise<number[]> {
  const tookMs: number[] = [];
  while (!until.aborted) {
    tookMs.push((await fetchFlags(url, ENVIRONMENT, timeoutMs)).ms);
    await pause(PROBE_EVERY_MS);
  }
  return tookMs;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const refetch = {
  name: 'refetch',
  title: 'From one event to fresh flags, with an API that answers 100 requests a second',
  about:
    'A stand-in for the Flagsmith API answers 100 requests a second, one after the other. Clients ask for the ' +
    'flags once for each event, and wait 10 s for the answer; after that they keep the old flags. The pace is ' +
    'the capacity of the API divided by 1.25. The relay is Halyard itself. Meanwhile another client asks ' +
    'continuously.',
  async run(bench: Bench): Promise<Findings> {
    const size = bench.isQuick ? QUICK : WHOLE;
    const rows: string[][] = [];
    const keepOld = new Map<Way, number>();
    let relayedAfterMs = 0;
    for (const way of WAYS) {
      bench.say(`${size.clients} clients ${way.title}`);
      const { fetches, fresh, freshAfterMs, apiRequests, probesMs } = await run(bench, way, size);
      const failed = fetches.length - fresh;
      keepOld.set(way, failed);
      if (way === WITH_RELAY) relayedAfterMs = freshAfterMs;
      rows.push([
        way.title,
        digits(fresh, 0),
        digits(failed, 0),
        `${digits(freshAfterMs / 1000, 1)} s`,
        digits(apiRequests, 0),
        `${digits(at(probesMs, 0.5), 0)} / ${digits(at(probesMs, 0.99), 0)} ms`,
      ]);
    }
    return {
      tables: [
        {
          head: [
            `${digits(size.clients, 0)} clients`,
            'have the new flags',
            'keep the old ones',
            'the last had them after',
            'requests to the API',
            'another request meanwhile, p50 / p99',
          ],
          rows,
        },
      ],
      bars: [
        atMost('clients that keep the old flags at a pace', keepOld.get(AT_A_PACE) ?? NaN, 0, 'clients'),
        atMost('clients that keep the old flags with the relay', keepOld.get(WITH_RELAY) ?? NaN, 0, 'clients'),
        atMost('until the last client has its flags from the relay', relayedAfterMs / 1000, RELAY_SECONDS, 's'),
      ],
    };
  },
};
