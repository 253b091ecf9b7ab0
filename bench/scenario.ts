import { Load, type LoadReport, type LoadTarget } from './load.ts';
import type { Plot } from './plot.ts';
import { startSubject, type Subject, type SubjectName, type SubjectOptions } from './subject.ts';

/** What a scenario works with. */
export interface Bench {
  /** The compiled programs; without a C compiler there is no bare loop to compare with. */
  readonly limit: string | undefined;
  readonly load: string;
  /** Fewer rounds: about a third of the time, for a first look. */
  readonly isQuick: boolean;
  readonly say: (what: string) => void;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is done and what is measured, in sentences for the report. */
  readonly about: string;
  /** Runs only if it is requested by name. */
  readonly onlyByName?: boolean;
  run(bench: Bench): Promise<Findings>;
}

export interface Findings {
  readonly tables: readonly Table[];
  readonly bars: readonly Bar[];
  readonly plots?: readonly Plot[];
  /** The facts that the guide to scaling calculates with. */
  readonly facts?: Partial<ScalingFacts>;
}

export interface ScalingFacts {
  readonly cpuPerEventUs: number;
  readonly bytesPerSubscriber: number;
  readonly cpuPerConnectUs: number;
  readonly cpuPerTlsEventUs: number;
  readonly bytesPerTlsConnection: number;
  readonly cpuPerTlsConnectUs: number;
  /** Of a core, for 15,000 streams. */
  readonly idleShare: number;
  readonly cpuPerEventOfManyUs: number;
  readonly cpuPerChangeUs: number;
  readonly natsCpuPerChangeUs: number;
  readonly propagationP50Ms: number;
  readonly propagationP99Ms: number;
  readonly natsMessagesForReconnect: number;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure that the project aims for, and whether this run reached it. */
export interface Bar {
  readonly figure: string;
  readonly bar: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** Runs a command of the load with the server's and the generator's processor time beside it. */
export async function measured(subject: Subject, task: () => Promise<LoadReport>): Promise<Measured> {
  const before = subject.process.usage();
  const report = await task();
  const after = subject.process.usage();
  const serverUs = after.cpuUs - before.cpuUs;
  return {
    report,
    serverUs,
    serverShare: serverUs / (after.atUs - before.atUs),
    loadShare: report.cpuUs / report.us,
  };
}

export interface Measured {
  readonly report: LoadReport;
  /** Processor time of the server in the whole command. */
  readonly serverUs: number;
  /** Of one core: whichever of the two is near 1 is the bottleneck. */
  readonly serverShare: number;
  readonly loadShare: number;
}

/** @throws Error if streams did not open or were lost: figures of a broken run mislead */
export function expectWhole(what: string, report: LoadReport): LoadReport {
  const { outcome, failed, behind, closedByPeer, postErrors } = report;
  if (outcome === 'done' && failed === 0 && behind === 0 && closedByPeer === 0 && postErrors === 0) return report;
  const { streams, opened, events, posts } = report;
  throw new Error(
    `${what}: ${JSON.stringify({ outcome, streams, opened, failed, behind, closedByPeer, events, posts, postErrors })}`,
  );
}

/** Runs a task against its own server, and then stops the server. */
export async function withSubject<T>(
  bench: Bench,
  name: SubjectName,
  options: Omit<SubjectOptions, 'limit'>,
  task: (subject: Subject) => Promise<T>,
): Promise<T> {
  const subject = await startSubject(name, { limit: bench.limit, ...options });
  try {
    return await task(subject);
  } finally {
    await subject.stop();
  }
}

/** Runs a task with its own load generator. */
export async function withLoad<T>(
  bench: Pick<Bench, 'load'>,
  target: LoadTarget,
  task: (load: Load) => Promise<T>,
): Promise<T> {
  const load = await Load.start(bench.load, target);
  try {
    return await task(load);
  } finally {
    await load.end();
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] as number;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function digits(value: number, places = 1): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}

export function atMost(figure: string, value: number, bar: number, unit: string): Bar {
  const places = bar > 0 && bar < 10 ? 2 : 0;
  const [limit, measured] = [`≤ ${digits(bar, places)} ${unit}`, `${digits(value, places)} ${unit}`];
  return { figure, bar: limit, measured, isMet: value <= bar };
}

export function atLeast(figure: string, value: number, bar: number, unit: string): Bar {
  return { figure, bar: `≥ ${digits(bar, 0)} ${unit}`, measured: `${digits(value, 0)} ${unit}`, isMet: value >= bar };
}

export function percent(share: number): string {
  return `${digits(share * 100, share < 0.1 ? 1 : 0)} %`;
}
