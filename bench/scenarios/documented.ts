import { withJetStream } from '../jetstream.ts';
import { percentileMs } from '../load.ts';
import { atMost, type Bench, digits, expectWhole, type Findings, withLoad, withSubject } from '../scenario.ts';
import { SUBSCRIBERS } from './fan-out.ts';

/** Updates continue while the subscribers connect, and after all of them have connected. */
const EVERY_MS = 500;

interface Run {
  readonly log: string;
  readonly openedSeconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export const documented = {
  name: 'documented',
  title: "The original's own benchmark: 15,000 on `load_test`, with simultaneous publishing",
  about:
    'The original reports about 1 s of latency on 11 cores for this. Here an update is posted every ' +
    `${EVERY_MS} ms, both while the subscribers connect and when all of them are connected. The latency is ` +
    'that of the second part, from the POST to the receipt. The service is not pinned: it shares two cores ' +
    'with the load generator, and with nats-server in the second run.',
  async run(bench: Bench): Promise<Findings> {
    const updates = bench.isQuick ? 12 : 24;
    const measure = (log: string, env: Readonly<Record<string, string>>): Promise<Run> =>
      withSubject(bench, 'halyard', { env, core: 'any' }, ({ port }) =>
        withLoad(bench, { port }, (subscribers) =>
          withLoad(bench, { port }, async (publisher) => {
            bench.say(`${log}: connecting under updates`);
            const [opened] = await Promise.all([
              subscribers.open({ n: SUBSCRIBERS }),
              publisher.run({ updates: 4, every_us: EVERY_MS * 1000 }),
            ]);
            expectWhole(log, opened);
            bench.say(`${log}: ${updates} updates to all`);
            await subscribers.reset();
            const published = expectWhole(log, await publisher.run({ updates, every_us: EVERY_MS * 1000 }));
            const { latency } = expectWhole(log, await subscribers.settle(published.lastValue, 10_000));
            return {
              log,
              openedSeconds: opened.us / 1e6,
              p50Ms: percentileMs(latency, 50),
              p99Ms: percentileMs(latency, 99),
              maxMs: percentileMs(latency, 100),
            };
          }),
        ),
      );
    const memory = await measure('in-memory log', {});
    const jetStream = await withJetStream(({ env }) => measure('JetStream, file storage', env));
    return {
      tables: [
        {
          head: ['log', 'all connected after', 'POST to receipt p50', 'p99', 'slowest'],
          rows: [memory, jetStream].map(({ log, openedSeconds, p50Ms, p99Ms, maxMs }) => [
            log,
            `${digits(openedSeconds, 2)} s`,
            `${digits(p50Ms, 0)} ms`,
            `${digits(p99Ms, 0)} ms`,
            `${digits(maxMs, 0)} ms`,
          ]),
        },
      ],
      bars: [atMost('p99 from POST to receipt, 15,000 subscribers, JetStream', jetStream.p99Ms, 250, 'ms')],
    };
  },
};
