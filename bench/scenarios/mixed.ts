import { withJetStream } from '../jetstream.ts';
import { percentileMs } from '../load.ts';
import { type Bench, digits, expectWhole, type Findings, withLoad, withSubject } from '../scenario.ts';

const SUBSCRIBERS = 5000;
const OTHERS = 1000;
const POSTS_PER_SECOND = 20_000;
const EVERY_MS = 100;

export const mixed = {
  name: 'mixed',
  title: `Updates every ${EVERY_MS} ms to 5,000 subscribers, beside 20,000 POST/s to other environments`,
  about:
    'Do the changes of other environments delay an update? 64 connections post to 1,000 environments without ' +
    'subscribers. The service is not pinned and shares two cores with everything else.',
  async run(bench: Bench): Promise<Findings> {
    const updates = bench.isQuick ? 30 : 80;
    const measure = (log: string, env: Readonly<Record<string, string>>): Promise<string[]> =>
      withSubject(bench, 'halyard', { env, core: 'any' }, ({ port }) =>
        withLoad(bench, { port, name: 'env', environments: OTHERS + 1 }, async (load) => {
          bench.say(log);
          expectWhole(log, await load.open({ n: SUBSCRIBERS }));
          const flood = { flood: 64, flood_rate: POSTS_PER_SECOND, flood_first: 1, flood_envs: OTHERS };
          expectWhole(log, await load.run({ updates: 10, every_us: EVERY_MS * 1000, ...flood }));
          const report = await load.run({ updates, every_us: EVERY_MS * 1000, ...flood });
          expectWhole(log, report);
          return [
            log,
            `${digits(report.floodPosts / (report.us / 1e6), 0)} /s`,
            String(report.floodErrors),
            `${digits(percentileMs(report.floodAnswers, 50), 1)} ms`,
            `${digits(percentileMs(report.floodAnswers, 99), 1)} ms`,
            `${digits(percentileMs(report.latency, 50), 0)} ms`,
            `${digits(percentileMs(report.latency, 99), 0)} ms`,
          ];
        }),
      );
    const rows = [
      await measure('in-memory log', {}),
      await withJetStream(({ env }) => measure('JetStream, file storage', env)),
    ];
    return {
      tables: [
        { head: ['log', 'other POSTs', 'refused', 'their answer p50', 'p99', 'POST to receipt p50', 'p99'], rows },
      ],
      bars: [],
    };
  },
};
