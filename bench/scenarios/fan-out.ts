import { percentileMs } from '../load.ts';
import { barPlot, linePlot } from '../plot.ts';
import {
  atMost,
  type Bench,
  digits,
  expectWhole,
  type Findings,
  measured,
  median,
  pause,
  percent,
  withLoad,
  withSubject,
} from '../scenario.ts';
import { SUBJECTS, type SubjectName, TITLES } from '../subject.ts';

export const SUBSCRIBERS = 15_000;

/** One pass over one server. */
interface Pass {
  readonly cpuPerEventUs: number;
  readonly serverShare: number;
  readonly loadShare: number;
  readonly bytesPerSubscriber: number;
  readonly connectsPerSecond: number;
  readonly cpuPerConnectUs: number;
  readonly reachAllMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly percentilesUs: readonly (readonly [number, number])[];
}

/** An unused server fills caches and heap with its first client, which is not what is measured here. */
const WARM_UP_STREAMS = 500;

async function pass(bench: Bench, name: SubjectName, rounds: number): Promise<Pass> {
  return withSubject(bench, name, {}, (subject) =>
    withLoad(bench, { port: subject.port }, async (load) => {
      await load.open({ n: WARM_UP_STREAMS });
      expectWhole(name, await load.run({ updates: 5 }));
      await load.close();
      await pause(500);
      const emptyBytes = subject.process.residentBytes();
      const opening = await measured(subject, () => load.open({ n: SUBSCRIBERS }));
      expectWhole(name, opening.report);
      await pause(1000);
      const fullBytes = subject.process.residentBytes();
      expectWhole(name, await load.run({ updates: 5 }));
      const spreading = await measured(subject, () => load.run({ updates: rounds }));
      const { report } = spreading;
      expectWhole(name, report);
      if (report.events !== rounds * SUBSCRIBERS) throw new Error(`${name}: ${report.events} events received`);
      return {
        cpuPerEventUs: spreading.serverUs / report.events,
        serverShare: spreading.serverShare,
        loadShare: spreading.loadShare,
        bytesPerSubscriber: (fullBytes - emptyBytes) / SUBSCRIBERS,
        connectsPerSecond: SUBSCRIBERS / (opening.report.us / 1e6),
        cpuPerConnectUs: opening.serverUs / SUBSCRIBERS,
        reachAllMs: percentileMs(report.reach, 50),
        p50Ms: percentileMs(report.latency, 50),
        p99Ms: percentileMs(report.latency, 99),
        percentilesUs: report.latency.percentilesUs,
      };
    }),
  );
}

export const fanOut = {
  name: 'fan-out',
  title: 'One environment with 15,000 subscribers',
  about:
    'Every server in turn, in several passes over all of them; each figure is the median of the passes. A ' +
    'round is one POST; the next round begins when all 15,000 have received it. Processor time is that of the ' +
    'whole server process, from `/proc/PID/stat`. Memory is its resident set above the empty, warmed-up server ' +
    '(it does not include what the kernel holds for sockets, which is the same for all). Ratios are taken ' +
    'within a pass. The generator is not the bottleneck if its share of its own core is below 100 %.',
  async run(bench: Bench): Promise<Findings> {
    const [passes, rounds] = bench.isQuick ? [1, 10] : [3, 20];
    const names = SUBJECTS.filter((name) => name !== 'limit' || bench.limit !== undefined);
    const results = new Map<SubjectName, Pass[]>();
    for (let count = 1; count <= passes; count++)
      for (const name of names) {
        bench.say(`pass ${count} of ${passes}: ${TITLES[name]}`);
        results.set(name, [...(results.get(name) ?? []), await pass(bench, name, rounds)]);
      }
    const of = (name: SubjectName, figure: (of: Pass) => number): number =>
      median((results.get(name) ?? []).map(figure));
    const ratio = (figure: (of: Pass) => number, name: SubjectName, to: SubjectName): number =>
      median(
        (results.get(name) ?? []).map((one, index) => figure(one) / figure((results.get(to) ?? [])[index] as Pass)),
      );
    const cpu = (one: Pass): number => one.cpuPerEventUs;
    const memory = (one: Pass): number => one.bytesPerSubscriber;
    return {
      tables: [
        {
          head: [
            'server',
            'CPU per event',
            'to the C loop',
            'all reached in',
            'POST to receipt p50',
            'p99',
            'server busy',
            'generator busy',
          ],
          rows: names.map((name) => [
            TITLES[name],
            `${digits(of(name, cpu), 2)} µs`,
            bench.limit === undefined ? 'no C compiler' : `${digits(ratio(cpu, name, 'limit'), 2)} ×`,
            `${digits(
              of(name, (one) => one.reachAllMs),
              0,
            )} ms`,
            `${digits(
              of(name, (one) => one.p50Ms),
              0,
            )} ms`,
            `${digits(
              of(name, (one) => one.p99Ms),
              0,
            )} ms`,
            percent(of(name, (one) => one.serverShare)),
            percent(of(name, (one) => one.loadShare)),
          ]),
        },
        {
          head: ['server', 'memory per idle subscriber', 'connections accepted', 'CPU per connection'],
          rows: names.map((name) => [
            TITLES[name],
            `${digits(of(name, memory) / 1024, 2)} KiB`,
            `${digits(
              of(name, (one) => one.connectsPerSecond),
              0,
            )} /s`,
            `${digits(
              of(name, (one) => one.cpuPerConnectUs),
              0,
            )} µs`,
          ]),
        },
      ],
      bars: [
        ...(bench.limit === undefined
          ? []
          : [atMost('CPU per delivered event, against the C loop', ratio(cpu, 'halyard', 'limit'), 1.3, '×')]),
        atMost('CPU per delivered event, against nchan', ratio(cpu, 'halyard', 'nchan'), 0.95, '×'),
        atMost('memory per idle subscriber', of('halyard', memory) / 1024, 2.5, 'KiB'),
        atMost('memory per idle subscriber, against nchan', ratio(memory, 'halyard', 'nchan'), 0.25, '×'),
      ],
      facts: {
        cpuPerEventUs: of('halyard', cpu),
        bytesPerSubscriber: of('halyard', memory),
        cpuPerConnectUs: of('halyard', (one) => one.cpuPerConnectUs),
      },
      plots: [
        barPlot(
          'cpu-per-event',
          'Server CPU per delivered event, 15,000 subscribers',
          'µs',
          names.map((name) => [TITLES[name], of(name, cpu)]),
        ),
        barPlot(
          'memory-per-subscriber',
          'Resident memory per idle subscriber',
          'KiB',
          names.map((name) => [TITLES[name], of(name, memory) / 1024]),
        ),
        linePlot(
          'latency',
          'POST to receipt, 15,000 subscribers of one environment',
          { x: { label: 'percent of subscribers' }, y: { label: 'milliseconds' } },
          names.map((name) => ({
            label: TITLES[name].replace(/ .*/, name === 'limit' ? ' C loop' : ''),
            points: (results.get(name)?.[0]?.percentilesUs ?? []).map(([point, us]) => [point, us / 1000] as const),
          })),
        ),
      ],
    };
  },
};
