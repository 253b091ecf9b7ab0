import type { Load } from '../load.ts';
import { OpenConsole } from '../open-console.ts';
import {
  atMost,
  type Bench,
  digits,
  expectWhole,
  type Findings,
  measured,
  median,
  percent,
  withLoad,
  withSubject,
} from '../scenario.ts';
import type { Subject } from '../subject.ts';
import { SUBSCRIBERS } from './fan-out.ts';

interface Size {
  readonly streams: number;
  readonly pairs: number;
  /** Of a stretch: it contains several readings of the metrics. */
  readonly stretchMs: number;
}

const WHOLE: Size = { streams: SUBSCRIBERS, pairs: 4, stretchMs: 16_000 };
const QUICK: Size = { streams: 2000, pairs: 2, stretchMs: 6000 };
const ROUNDS_AT_A_TIME = 10;

interface Stretch {
  readonly cpuPerEventUs: number;
  readonly eventsPerSecond: number;
  readonly serverShare: number;
}

async function stretch({ streams, stretchMs }: Size, subject: Subject, load: Load): Promise<Stretch> {
  const beganMs = performance.now();
  let [serverUs, events, us, busyUs] = [0, 0, 0, 0];
  while (performance.now() - beganMs < stretchMs) {
    const one = await measured(subject, () => load.run({ updates: ROUNDS_AT_A_TIME }));
    expectWhole('console', one.report);
    if (one.report.events !== ROUNDS_AT_A_TIME * streams)
      throw new Error(`console: ${one.report.events} events received`);
    serverUs += one.serverUs;
    events += one.report.events;
    us += one.report.us;
    busyUs += one.serverShare * one.report.us;
  }
  return { cpuPerEventUs: serverUs / events, eventsPerSecond: events / (us / 1e6), serverShare: busyUs / us };
}

export const openConsole = {
  name: 'console',
  title: 'An open console beside 15,000 subscribers of one environment',
  about:
    'One service with `CONSOLE=on`. Stretches of rounds, in turn without and with an open page: a client asks for what ' +
    'the page asks, its stream with the token once a second and `/metricsz` every five seconds. The history is sampled ' +
    'in both. Processor time is that of the whole server process. Ratios are taken within a pair of neighbours, of ' +
    'which every second one begins with the open page; the figure is the median of the pairs.',
  async run(bench: Bench): Promise<Findings> {
    const size = bench.isQuick ? QUICK : WHOLE;
    const [closed, open]: [Stretch[], Stretch[]] = [[], []];
    await withSubject(bench, 'halyard', { env: { CONSOLE: 'on' } }, (subject) =>
      withLoad(bench, { port: subject.port }, async (load) => {
        expectWhole('console', await load.open({ n: size.streams }));
        expectWhole('console', await load.run({ updates: ROUNDS_AT_A_TIME }));
        for (let pair = 0; pair < size.pairs; pair++)
          for (const isOpen of pair % 2 === 0 ? [false, true] : [true, false]) {
            bench.say(`pair ${pair + 1} of ${size.pairs}: the console is ${isOpen ? 'open' : 'closed'}`);
            const page = isOpen ? OpenConsole.open(subject.port) : undefined;
            (isOpen ? open : closed).push(await stretch(size, subject, load));
            await page?.close();
          }
      }),
    );
    const ratio = median(open.map((one, pair) => one.cpuPerEventUs / (closed[pair] as Stretch).cpuPerEventUs));
    const row = (title: string, stretches: readonly Stretch[]): string[] => {
      const of = (figure: (one: Stretch) => number): number => median(stretches.map(figure));
      return [
        title,
        `${digits(
          of((one) => one.cpuPerEventUs),
          2,
        )} µs`,
        `${digits(
          of((one) => one.eventsPerSecond),
          0,
        )} /s`,
        percent(of((one) => one.serverShare)),
      ];
    };
    return {
      tables: [
        {
          head: ['console', 'CPU per event', 'events', 'server busy'],
          rows: [row('closed', closed), row('open', open)],
        },
      ],
      bars: [
        atMost(
          `CPU per delivered event with the console open, ${digits(size.streams, 0)} streams, against closed`,
          ratio,
          1.03,
          '×',
        ),
      ],
    };
  },
};
