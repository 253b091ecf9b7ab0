import cluster from 'node:cluster';
import type { HealthReport } from '../application/ports/health-report.ts';
import { onOrder, report } from './worker-message.ts';

/** How often a worker checks whether it has read the log, until it has. */
const READY_POLL_MS = 50;

export interface WorkerParts {
  readonly ports: readonly number[];
  readonly health: HealthReport;
  /** May be called more than once. */
  readonly stop: (why: string) => void;
}

/** Ties a running instance to the primary that forked it. */
export function obeyPrimary({ ports, health, stop }: WorkerParts): void {
  const { worker } = cluster;
  if (worker === undefined) return;
  onOrder((order) => {
    if (order.halyard === 'drain') stop('drain');
  });
  // If the primary is killed, its workers end too: properly, and not at once, as the runtime would do it.
  worker.once('disconnect', () => {
    worker.exitedAfterDisconnect = true;
    stop('primary_gone');
  });
  report({ halyard: 'started', ports });
  const poll = setInterval(() => {
    const unready = health.unready();
    if (unready === 'starting' || unready === 'log_unavailable') return;
    clearInterval(poll);
    report({ halyard: 'ready' });
  }, READY_POLL_MS);
}
