import { withJetStream } from '../jetstream.ts';
import { percentileMs } from '../load.ts';
import { atLeast, atMost, type Bench, digits, expectWhole, type Findings, withLoad, withSubject } from '../scenario.ts';
import { SUBSCRIBERS } from './fan-out.ts';

/** A little more than the bar, because a connection that waits for its answer posts late. */
const POSTS_PER_SECOND = 21_000;

export const following = {
  name: 'following',
  title: '20,000 POST/s to the one environment that 15,000 subscribers follow',
  about:
    'JetStream with file storage, nothing pinned. No socket could take an event for each POST: posts are ' +
    'merged into appends, and a subscriber that is behind receives the newest. Latency counts from the POST of ' +
    'the oldest update that an event represents.',
  async run(bench: Bench): Promise<Findings> {
    const forMs = bench.isQuick ? 3000 : 6000;
    const report = await withJetStream(({ env }) =>
      withSubject(bench, 'halyard', { env, core: 'any' }, ({ port }) =>
        withLoad(bench, { port }, async (load) => {
          expectWhole('following', await load.open({ n: SUBSCRIBERS }));
          bench.say('posting');
          await load.run({ flood: 256, flood_rate: POSTS_PER_SECOND, flood_ms: 1000 });
          return expectWhole(
            'following',
            await load.run({ flood: 256, flood_rate: POSTS_PER_SECOND, flood_ms: forMs }),
          );
        }),
      ),
    );
    const perSecond = (report.floodPosts - report.floodErrors) / (forMs / 1000);
    return {
      tables: [
        {
          head: [
            'stored',
            'refused',
            'answer p99',
            'events written',
            'POST to receipt p50',
            'p99',
            'all hold the newest after the last',
          ],
          rows: [
            [
              `${digits(perSecond, 0)} /s`,
              String(report.floodErrors),
              `${digits(percentileMs(report.floodAnswers, 99), 0)} ms`,
              `${digits(report.events / (report.us / 1e6), 0)} /s`,
              `${digits(percentileMs(report.latency, 50), 0)} ms`,
              `${digits(percentileMs(report.latency, 99), 0)} ms`,
              `${digits(report.us / 1000 - forMs, 0)} ms`,
            ],
          ],
        },
      ],
      bars: [
        atLeast('acknowledged queue-change to the environment that 15,000 follow', perSecond, 20_000, '/s'),
        atMost('p99 from POST to receipt meanwhile', percentileMs(report.latency, 99), 1000, 'ms'),
      ],
    };
  },
};
