import { percentileMs } from '../load.ts';
import {
  type Bench,
  digits,
  expectWhole,
  type Findings,
  measured,
  percent,
  withLoad,
  withSubject,
} from '../scenario.ts';
import { SUBJECTS, TITLES } from '../subject.ts';

const [ENVIRONMENTS, EACH] = [1000, 15];

export const environments = {
  name: 'environments',
  title: '1,000 environments with 15 subscribers each',
  about:
    'A round posts to each environment over 16 connections, and ends when all 15,000 subscribers have received ' +
    'their update. The processor time of an event includes its share of a POST: one for 15 events. The path of ' +
    'a POST through the in-memory log takes two turns of the event loop: the log hands an update over in a ' +
    "turn of its own, and the hub writes in the next one, so nothing is written inside a caller's turn. POSTs " +
    "that wait come in between, which is most of our p99 here. JetStream's updates arrive with a read of its " +
    'socket, and need one turn.',
  async run(bench: Bench): Promise<Findings> {
    const rounds = bench.isQuick ? 5 : 15;
    const rows: string[][] = [];
    let ours = NaN;
    for (const name of SUBJECTS) {
      if (name === 'limit' && bench.limit === undefined) continue;
      bench.say(TITLES[name]);
      rows.push(
        await withSubject(bench, name, {}, (subject) =>
          withLoad(bench, { port: subject.port, name: 'env', environments: ENVIRONMENTS }, async (load) => {
            expectWhole(name, await load.open({ n: ENVIRONMENTS * EACH, envs: ENVIRONMENTS }));
            expectWhole(name, await load.run({ updates: 2, envs: ENVIRONMENTS, pool: 16 }));
            const { report, serverUs, serverShare, loadShare } = await measured(subject, () =>
              load.run({ updates: rounds, envs: ENVIRONMENTS, pool: 16 }),
            );
            expectWhole(name, report);
            if (name === 'halyard') ours = serverUs / report.events;
            return [
              TITLES[name],
              `${digits(serverUs / report.events, 2)} µs`,
              `${digits(percentileMs(report.reach, 50), 0)} ms`,
              `${digits(percentileMs(report.latency, 99), 1)} ms`,
              `${percent(serverShare)} / ${percent(loadShare)}`,
            ];
          }),
        ),
      );
    }
    return {
      tables: [
        {
          head: ['server', 'CPU per event', 'a round reaches all in', 'POST to receipt p99', 'server / generator busy'],
          rows,
        },
      ],
      bars: [],
      facts: { cpuPerEventOfManyUs: ours },
    };
  },
};
