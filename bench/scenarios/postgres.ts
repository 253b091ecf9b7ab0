import { appends, APPENDS_HEAD, CONNECTIONS } from '../appends.ts';
import { crossing } from '../crossing.ts';
import { withJetStream } from '../jetstream.ts';
import { type Histogram, percentileMs } from '../load.ts';
import type { LogServer } from '../log-server.ts';
import { withPostgres } from '../postgres.ts';
import { type Bench, digits, type Findings, pause, percent, withSubject } from '../scenario.ts';

const POINTS = [50, 90, 99, 100] as const;

const NATS = { atLeast: '2.10' } as const;

export const postgres = {
  name: 'postgres',
  title: 'PostgreSQL beside NATS',
  about:
    `Changes first: ${CONNECTIONS} connections post again as soon as they are answered, without subscribers. ` +
    'Then two instances, a hundred subscribers at the second one, and an update every 20 ms at the first. Then ' +
    'the same two instances idle. PostgreSQL has each change on its disk before it answers; nats-server does ' +
    'so with `sync_interval: always`, otherwise within two minutes. Only the load generator is pinned: the ' +
    'service and the server of the log share its cores.',
  async run(bench: Bench): Promise<Findings> {
    const logs = [
      ['JetStream, file', (task: LogTask) => withJetStream(task, NATS)],
      ['JetStream, `sync_interval: always`', (task: LogTask) => withJetStream(task, { ...NATS, syncsAlways: true })],
      ['PostgreSQL', (task: LogTask) => withPostgres(task)],
    ] as const;
    const [rates, crossings, idles]: [(readonly string[])[], (readonly string[])[], (readonly string[])[]] = [
      [],
      [],
      [],
    ];
    for (const [title, withLog] of logs)
      await withLog(async (log) => {
        for (const environments of [1, 1000]) rates.push((await appends(bench, title, environments, log)).row);
        crossings.push([title, ...times(await crossing(bench, log))]);
        idles.push([title, percent(await idleShare(bench, log))]);
      });
    return {
      tables: [
        { head: APPENDS_HEAD, rows: rates },
        { head: ['log', 'POST to receipt p50', 'p90', 'p99', 'slowest'], rows: crossings },
        { head: ['log', 'CPU of its server, two idle instances'], rows: idles },
      ],
      bars: [],
    };
  },
};

type LogTask = (log: LogServer) => Promise<void>;

function times(latency: Histogram): readonly string[] {
  return POINTS.map((point) => `${digits(percentileMs(latency, point), 2)} ms`);
}

/** Of a core. */
function idleShare(bench: Bench, log: LogServer): Promise<number> {
  return withSubject(bench, 'halyard', { env: log.env, core: 'any' }, () =>
    withSubject(bench, 'halyard', { env: log.env, core: 'any' }, async () => {
      bench.say('idle');
      const seconds = bench.isQuick ? 5 : 30;
      const before = log.cpuUs();
      await pause(seconds * 1000);
      return (log.cpuUs() - before) / (seconds * 1e6);
    }),
  );
}
