import { withJetStream } from '../jetstream.ts';
import { Load, percentileMs } from '../load.ts';
import { type Bench, digits, expectWhole, type Findings, pause, withSubject } from '../scenario.ts';

/** Each process may open 20,000 files here, the load generators' too. */
const [WORKERS, GENERATORS, EACH] = [6, 6, 16_667];

export const workers = {
  name: 'workers',
  title: '100,000 subscribers on one machine',
  about:
    `\`WORKERS=${WORKERS}\` on JetStream: six instances share the port. ${GENERATORS} load generators hold the ` +
    'streams. One update, posted once, must reach all of them. Only the generators are pinned; they share one ' +
    'core with everything else.',
  async run(bench: Bench): Promise<Findings> {
    return withJetStream(({ env }) =>
      withSubject(bench, 'halyard', { env: { ...env, WORKERS: String(WORKERS) }, core: 'any' }, async (subject) => {
        const loads: Load[] = [];
        try {
          for (let count = 0; count < GENERATORS; count++)
            loads.push(await Load.start(bench.load, { port: subject.port }));
          const [first, ...others] = loads;
          if (first === undefined) throw new Error('no load');
          const emptyBytes = subject.process.residentBytes();
          const beganMs = performance.now();
          for (const load of loads) {
            bench.say(`opening ${EACH} streams`);
            expectWhole('workers', await load.open({ n: EACH }));
          }
          const openedSeconds = (performance.now() - beganMs) / 1000;
          await pause(1000);
          const bytes = (subject.process.residentBytes() - emptyBytes) / (EACH * GENERATORS);
          const warmedUp = expectWhole('workers', await first.run({ updates: 1 }));
          await Promise.all(others.map((load) => load.settle(warmedUp.lastValue, 30_000)));
          for (const load of others) await load.reset();
          bench.say('one update to all');
          const before = subject.process.usage();
          const began = performance.now();
          const published = expectWhole('workers', await first.run({ updates: 1 }));
          const reports = await Promise.all(others.map((load) => load.settle(published.lastValue, 30_000)));
          const reachedMs = performance.now() - began;
          const after = subject.process.usage();
          for (const report of reports) expectWhole('workers', report);
          const events = [published, ...reports].reduce((sum, report) => sum + report.events, 0);
          return {
            tables: [
              {
                head: [
                  'subscribers',
                  'connected in',
                  'memory each',
                  'received the update',
                  'all reached in',
                  'slowest receipt',
                  'CPU per event',
                ],
                rows: [
                  [
                    digits(EACH * GENERATORS, 0),
                    `${digits(openedSeconds, 1)} s`,
                    `${digits(bytes / 1024, 2)} KiB`,
                    digits(events, 0),
                    `${digits(reachedMs, 0)} ms`,
                    `${digits(Math.max(...[published, ...reports].map(({ latency }) => percentileMs(latency, 100))), 0)} ms`,
                    `${digits((after.cpuUs - before.cpuUs) / events, 2)} µs`,
                  ],
                ],
              },
            ],
            bars: [
              {
                figure: '100,000 subscribers on one machine, one update, none missed',
                bar: digits(EACH * GENERATORS, 0),
                measured: digits(events, 0),
                isMet: events === EACH * GENERATORS,
              },
            ],
          };
        } finally {
          for (const load of loads) await load.end();
        }
      }),
    );
  },
};
