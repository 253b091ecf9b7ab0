import { percentileMs } from '../load.ts';
import { type Bench, digits, expectWhole, type Findings, measured, withLoad, withSubject } from '../scenario.ts';
import { SUBSCRIBERS } from './fan-out.ts';

const BURST = 1000;

export const burst = {
  name: 'burst',
  title: 'A burst of 1,000 updates to one environment with 15,000 subscribers',
  about:
    'Posted over 32 connections as fast as they are answered. A subscriber that is behind receives the newest ' +
    'instead of each: the figure that matters is when all of them have it.',
  async run(bench: Bench): Promise<Findings> {
    return withSubject(bench, 'halyard', {}, (subject) =>
      withLoad(bench, { port: subject.port }, async (load) => {
        expectWhole('burst', await load.open({ n: SUBSCRIBERS }));
        expectWhole('burst', await load.run({ updates: 5 }));
        bench.say('posting');
        const { report, serverUs } = await measured(subject, () => load.run({ updates: 1, burst: BURST, pool: 32 }));
        expectWhole('burst', report);
        return {
          tables: [
            {
              head: [
                'posts',
                'answer p99',
                'all have the newest after',
                'events written',
                'without merging',
                'server CPU',
              ],
              rows: [
                [
                  digits(report.posts, 0),
                  `${digits(percentileMs(report.answers, 99), 0)} ms`,
                  `${digits(report.us / 1000, 0)} ms`,
                  digits(report.events, 0),
                  digits(BURST * SUBSCRIBERS, 0),
                  `${digits(serverUs / 1000, 0)} ms`,
                ],
              ],
            },
          ],
          bars: [],
        };
      }),
    );
  },
};
