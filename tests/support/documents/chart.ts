import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { filesUnder, pathOf } from './repository.ts';

export const CHART = 'docker/helm/halyard';
export const SAMPLES = 'docker/helm/samples';
/** What the chart makes of its own values and of each sample, kept so that it can be read and tested without helm. */
export const RENDERED = 'docker/kubernetes';
export const CHECKSUMS = `${RENDERED}/checksums.sha256`;

/** The chart of NATS, if it was downloaded: it is not ours, and not in the repository. */
export function isFetched(path: string): boolean {
  return /\/(?:charts|Chart\.lock)(?:\/|$)/.test(path);
}

/** The name of the values of a rendering; `default` has no values of its own. */
export function renderings(): string[] {
  const samples = filesUnder(SAMPLES).map((path) => path.slice(SAMPLES.length + 1).replace(/\.yaml$/, ''));
  return ['default', ...samples];
}

export function renderedPath(name: string): string {
  return `${RENDERED}/${name}.yaml`;
}

/**
 * The checksums of all that is rendered from and of what was rendered, as sha256sum writes them. The alerts and the
 * dashboard are not among it: the chart takes them as they are, by a link, and nothing that is kept has them.
 */
export function checksums(): string {
  const lines = [...filesUnder(CHART), ...filesUnder(SAMPLES), ...renderings().map(renderedPath)]
    .filter((path) => !isFetched(path))
    .map(
      (path) =>
        `${createHash('sha256')
          .update(readFileSync(pathOf(path)))
          .digest('hex')}  ${path}\n`,
    );
  return lines.join('');
}
