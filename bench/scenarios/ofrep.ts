import { FetchingClients } from '../fetching-clients.ts';
import { atMost, type Bench, digits, type Findings, median, pause, withSubject } from '../scenario.ts';
import { type Subject, TOKEN } from '../subject.ts';

const STREAMS = 5000;
const ENVIRONMENT = 'bench';
/** OFREP streams never receive two events within a second. */
const ROUND_MS = 1100;
const DIALECTS = [
  { name: 'Flagsmith', path: `/sse/environments/${ENVIRONMENT}/stream` },
  { name: 'OFREP', path: `/ofrep/v1/sse?channels=${ENVIRONMENT}` },
] as const;
type Dialect = (typeof DIALECTS)[number];

/** A change, and when all streams have received it. */
async function announce(port: number, received: () => number): Promise<void> {
  const expected = received() + STREAMS;
  const answer = await fetch(`http://127.0.0.1:${port}/sse/environments/${ENVIRONMENT}/queue-change`, {
    method: 'POST',
    headers: { Authorization: `Token ${TOKEN}` },
    body: JSON.stringify({ updated_at: (Date.now() / 1000).toFixed(6) }),
  });
  if (answer.status !== 200) throw new Error(`a change was answered with ${answer.status}`);
  const endsMs = performance.now() + 30_000;
  while (received() < expected) {
    if (performance.now() > endsMs) throw new Error(`${received()} of ${expected} events were received`);
    await pause(5);
  }
}

/** Processor time of the server per event, without what idle streams take, in microseconds. */
async function cpuPerEventUs(subject: Subject, { path }: Dialect, rounds: number): Promise<number> {
  let events = 0;
  const clients = new FetchingClients(() => events++);
  try {
    await clients.open(`http://127.0.0.1:${subject.port}${path}`, STREAMS);
    const spend = async (act: () => Promise<void>): Promise<number> => {
      const before = subject.process.usage();
      for (let round = 0; round < rounds; round++) {
        const nextMs = performance.now() + ROUND_MS;
        await act();
        await pause(Math.max(0, nextMs - performance.now()));
      }
      const after = subject.process.usage();
      return (after.cpuUs - before.cpuUs) / (after.atUs - before.atUs);
    };
    const isReached = (): Promise<void> => announce(subject.port, () => events);
    await isReached();
    await pause(ROUND_MS);
    const beganMs = performance.now();
    const busyShare = await spend(isReached);
    const tookUs = (performance.now() - beganMs) * 1000;
    const idleShare = await spend(() => Promise.resolve());
    return ((busyShare - idleShare) * tookUs) / (rounds * STREAMS);
  } finally {
    clients.close();
  }
}

export const ofrep = {
  name: 'ofrep',
  title: 'Streams of OFREP',
  about:
    'One environment with 5,000 streams, of one dialect and of the other in turn, each with a server of its own; several ' +
    'passes, each figure the median. An update every 1.1 seconds, because streams of OFREP receive one a second at most. ' +
    'What the same streams take without updates is left out. The ratio is taken within a pass.',
  async run(bench: Bench): Promise<Findings> {
    const [passes, rounds] = bench.isQuick ? [1, 5] : [5, 20];
    const results: (readonly number[])[] = [];
    for (let pass = 1; pass <= passes; pass++) {
      const figures: number[] = [];
      for (const dialect of DIALECTS) {
        bench.say(`pass ${pass} of ${passes}: ${dialect.name}`);
        figures.push(await withSubject(bench, 'halyard', {}, (subject) => cpuPerEventUs(subject, dialect, rounds)));
      }
      results.push(figures);
    }
    const of = (position: number): number => median(results.map((figures) => figures[position] ?? NaN));
    const ratio = median(results.map(([other = NaN, own = NaN]) => own / other));
    return {
      tables: [
        {
          head: ['dialect', 'CPU per event'],
          rows: DIALECTS.map(({ name }, position) => [name, `${digits(of(position), 2)} µs`]),
        },
      ],
      bars: [atMost('CPU per event of OFREP, against the other dialect', ratio, 1.15, '×')],
    };
  },
};
