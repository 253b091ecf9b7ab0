import { statSync } from 'node:fs';
import type { Registry } from 'prom-client';
import { gauge } from './metric-family.ts';

const FOLDER = '/proc/self/fd';
const NAME = 'process_open_fds';

/**
 * Counts the open files by the size of their folder, which Linux reports since 6.2. The library reads the folder
 * instead: with 20,000 streams that blocks everything for 20 ms at each scrape. Its metric stays if the size is not
 * reported.
 */
export function countOpenFilesCheaply(registry: Registry): void {
  if (openFiles() === 0) return;
  registry.removeSingleMetric(NAME);
  gauge(registry, { name: NAME, help: 'Number of open file descriptors.' }, openFiles);
}

function openFiles(): number {
  return statSync(FOLDER, { throwIfNoEntry: false })?.size ?? 0;
}
