import { linePlot } from '../plot.ts';
import { type Bench, digits, expectWhole, type Findings, withLoad, withSubject } from '../scenario.ts';
import { type SubjectName, TITLES } from '../subject.ts';

const SIZES = [500, 1500, 5000, 15_000];
const NAMES: readonly SubjectName[] = ['limit', 'halyard', 'nchan', 'node-http'];

export const throughput = {
  name: 'throughput',
  title: 'Events per second, by the number of subscribers',
  about: 'Rounds of one update, each after all have received the last one: how many events are sent in a second.',
  async run(bench: Bench): Promise<Findings> {
    const names = NAMES.filter((name) => name !== 'limit' || bench.limit !== undefined);
    const lines = [];
    for (const name of names) {
      bench.say(TITLES[name]);
      const points = await withSubject(bench, name, {}, (subject) =>
        withLoad(bench, { port: subject.port }, async (load) => {
          const found: [number, number][] = [];
          for (const n of SIZES) {
            expectWhole(name, await load.open({ n }));
            expectWhole(name, await load.run({ updates: 3 }));
            const updates = Math.max(5, Math.round((bench.isQuick ? 75_000 : 200_000) / n));
            const report = expectWhole(name, await load.run({ updates }));
            found.push([n, report.events / (report.us / 1e6)]);
            await load.close();
          }
          return found;
        }),
      );
      lines.push({ label: TITLES[name].replace('bare epoll loop in ', '').replace('nginx + ', ''), points });
    }
    return {
      tables: [
        {
          head: ['server', ...SIZES.map((n) => digits(n, 0))],
          rows: lines.map(({ label, points }) => [label, ...points.map(([, rate]) => `${digits(rate, 0)} /s`)]),
        },
      ],
      bars: [],
      plots: [
        linePlot(
          'throughput',
          'Events per second, by the number of subscribers',
          { x: { label: 'subscribers', isLogarithmic: true }, y: { label: 'events a second' } },
          lines,
        ),
      ],
    };
  },
};
