import { Load } from '../load.ts';
import { atMost, type Bench, digits, expectWhole, type Findings, pause } from '../scenario.ts';
import { KEEP_ALIVE_SECONDS, startSubject, type Subject, SUBJECTS, TITLES } from '../subject.ts';
import { SUBSCRIBERS } from './fan-out.ts';

export const idle = {
  name: 'idle',
  title: '15,000 idle streams',
  about:
    `Nothing happens except keep-alives, one to each stream every ${KEEP_ALIVE_SECONDS} s. All servers run at ` +
    'the same time, each with 15,000 streams of its own, on one core; the share is of that core, over whole ' +
    "keep-alive periods. Most of our share is the kernel's, for the writes.",
  async run(bench: Bench): Promise<Findings> {
    const periods = bench.isQuick ? 1 : 2;
    const subjects: Subject[] = [];
    const loads: Load[] = [];
    try {
      for (const name of SUBJECTS) {
        if (name === 'limit' && bench.limit === undefined) continue;
        bench.say(`opening streams: ${TITLES[name]}`);
        const subject = await startSubject(name, { limit: bench.limit });
        const load = await Load.start(bench.load, { port: subject.port });
        subjects.push(subject);
        loads.push(load);
        expectWhole(name, await load.open({ n: SUBSCRIBERS }));
      }
      bench.say(`idle for ${(periods + 1) * KEEP_ALIVE_SECONDS} s`);
      await pause(KEEP_ALIVE_SECONDS * 1000);
      const before = subjects.map((subject) => subject.process.usage());
      await pause(periods * KEEP_ALIVE_SECONDS * 1000);
      const shares = subjects.map((subject, index) => {
        const [from, to] = [before[index], subject.process.usage()];
        return from === undefined ? NaN : (to.cpuUs - from.cpuUs) / (to.atUs - from.atUs);
      });
      const ours = shares[subjects.findIndex(({ name }) => name === 'halyard')] ?? NaN;
      return {
        tables: [
          {
            head: ['server', 'CPU of one core'],
            rows: subjects.map(({ name }, index) => [TITLES[name], `${digits((shares[index] ?? NaN) * 100, 2)} %`]),
          },
        ],
        facts: { idleShare: ours },
        bars: [atMost('CPU of 15,000 idle streams', ours * 100, 2, '% of a core')],
      };
    } finally {
      for (const load of loads) await load.end();
      for (const subject of subjects) await subject.stop();
    }
  },
};
