/** What one examination found. */
export interface Finding {
  readonly check: Check;
  /** `fault`: it harms clients or Flagsmith. `warning`: it may harm some. `skipped`: it could not be checked. */
  readonly result: 'ok' | 'warning' | 'fault' | 'skipped';
  readonly saw: string;
  readonly remedy?: string | undefined;
}

/** In the order in which they are printed. */
export const CHECKS = [
  'reachable',
  'tls',
  'http_version',
  'ready',
  'stream',
  'cors',
  'compression',
  'buffering',
  'event_name',
  'chunks',
  'update',
  'instances',
  'queue_change',
  'base_url',
  'clock',
  'keep_alive',
  'idle_cut',
] as const;

export type Check = (typeof CHECKS)[number];

const MARKS = { ok: 'ok     ', warning: 'WARNING', fault: 'FAULT  ', skipped: 'skipped' };

export function textOf({ check, result, saw, remedy }: Finding): string {
  const line = `${MARKS[result]}  ${check.padEnd(12)}  ${saw}`;
  return remedy === undefined ? line : `${line}\n${' '.repeat(23)}-> ${remedy}`;
}
