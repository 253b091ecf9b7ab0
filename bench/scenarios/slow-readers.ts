import { type LoadReport, percentileMs } from '../load.ts';
import { type Bench, digits, expectWhole, type Findings, withLoad, withSubject } from '../scenario.ts';
import { SUBSCRIBERS } from './fan-out.ts';

/** Long enough that an unread socket fills up within the run: the kernel takes megabytes first. */
const LONG_NAME = 'x'.repeat(8000);
const FEW = 1000;

export const slowReaders = {
  name: 'slow-readers',
  title: 'One in a hundred clients does not read',
  about:
    'First 15,000 subscribers, with and without 150 that stop reading: the effect on the others. Then 1,000 ' +
    'subscribers and events of 8 KB, until the ten that do not read are congested: the memory that the service ' +
    'holds for them.',
  async run(bench: Bench): Promise<Findings> {
    const rounds = bench.isQuick ? 10 : 20;
    const spread = (deafEvery: number): Promise<LoadReport> =>
      withSubject(bench, 'halyard', {}, ({ port }) =>
        withLoad(bench, { port }, async (load) => {
          bench.say(deafEvery === 0 ? '15,000 that all read' : '15,000, 150 of which do not read');
          expectWhole('slow readers', await load.open({ n: SUBSCRIBERS, deaf_every: deafEvery }));
          expectWhole('slow readers', await load.run({ updates: 5 }));
          return expectWhole('slow readers', await load.run({ updates: rounds }));
        }),
      );
    const [all, some] = [await spread(0), await spread(100)];
    const growth = await withSubject(bench, 'halyard', { env: { SSE_EVENT_NAME: LONG_NAME } }, (subject) =>
      withLoad(bench, { port: subject.port }, async (load) => {
        bench.say('1,000 with events of 8 KB, 10 of which do not read');
        expectWhole('slow readers', await load.open({ n: FEW, deaf_every: 100 }));
        expectWhole('slow readers', await load.run({ updates: 50 }));
        const before = subject.process.residentBytes();
        expectWhole('slow readers', await load.run({ updates: bench.isQuick ? 500 : 1200 }));
        return subject.process.residentBytes() - before;
      }),
    );
    return {
      tables: [
        {
          head: ['15,000 subscribers', 'POST to receipt p50', 'p99', 'all readers reached in'],
          rows: [['all read', all] as const, ['150 do not read', some] as const].map(([who, report]) => [
            who,
            `${digits(percentileMs(report.latency, 50), 0)} ms`,
            `${digits(percentileMs(report.latency, 99), 0)} ms`,
            `${digits(percentileMs(report.reach, 50), 0)} ms`,
          ]),
        },
        {
          head: ['1,000 subscribers, 10 MB to each', 'growth of resident memory'],
          rows: [['10 do not read', `${digits(growth / 2 ** 20, 1)} MiB`]],
        },
      ],
      bars: [],
    };
  },
};
