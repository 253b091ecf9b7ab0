import type { LogServer } from './log-server.ts';
import { percentileMs } from './load.ts';
import { type Bench, digits, measured, percent, withLoad, withSubject } from './scenario.ts';

/** Connections that each post again as soon as they are answered. */
export const CONNECTIONS = 256;

export const APPENDS_HEAD = [
  'log',
  'environments',
  'stored',
  'refused',
  'answer p50',
  'p99',
  'service CPU each',
  'log CPU each',
  'generator busy',
] as const;

interface Rate {
  readonly perSecond: number;
  readonly serviceUs: number;
  readonly logUs: number;
  /** In the columns of `APPENDS_HEAD`. */
  readonly row: readonly string[];
}

/**
 * How many changes per second an instance stores, without subscribers.
 *
 * @param log undefined: the one in memory
 */
export function appends(bench: Bench, title: string, environments: number, log?: LogServer): Promise<Rate> {
  return withSubject(bench, 'halyard', { env: log?.env ?? {}, core: 'any' }, (subject) =>
    withLoad(bench, { port: subject.port, name: 'env', environments: environments + 1 }, async (load) => {
      bench.say(`${title}, ${environments} environments`);
      const flood = { flood: CONNECTIONS, flood_envs: environments };
      await load.run({ ...flood, flood_ms: 1000 });
      const before = log?.cpuUs() ?? 0;
      const { report, serverUs, loadShare } = await measured(subject, () =>
        load.run({ ...flood, flood_ms: bench.isQuick ? 2500 : 5000 }),
      );
      const logUs = (log?.cpuUs() ?? 0) - before;
      const stored = report.floodPosts - report.floodErrors;
      return {
        perSecond: stored / (report.us / 1e6),
        serviceUs: serverUs / stored,
        logUs: logUs / stored,
        row: [
          title,
          digits(environments, 0),
          `${digits(stored / (report.us / 1e6), 0)} /s`,
          String(report.floodErrors),
          `${digits(percentileMs(report.floodAnswers, 50), 1)} ms`,
          `${digits(percentileMs(report.floodAnswers, 99), 1)} ms`,
          `${digits(serverUs / stored, 1)} µs`,
          log === undefined ? '-' : `${digits(logUs / stored, 1)} µs`,
          percent(loadShare),
        ],
      };
    }),
  );
}
