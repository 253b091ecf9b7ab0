import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { CHART, CHECKSUMS, checksums, isFetched, renderedPath, renderings, SAMPLES } from './chart.ts';
import { pathOf, readDocument } from './repository.ts';

// `npm run chart`: renders the chart with its own values and with each sample, into docker/kubernetes.

const RELEASE = 'halyard';
/** Values that the chart has to refuse, and the message that it has to give. */
const REFUSALS: readonly (readonly [values: readonly string[], reason: string])[] = [
  [['updateLog=memory'], 'single instance'],
  [['updateLog=memory', 'replicaCount=1', 'autoscaling.enabled=true'], 'single instance'],
  [['updateLog=postgres'], 'secrets.POSTGRES_URL'],
  [['updateLog=kafka'], 'updateLog'],
  [['autoscaling.enabled=true', 'autoscaling.cpuUtilization=0'], 'autoscaling.cpuUtilization or autoscaling.streams'],
  [['ingress.enabled=true'], 'ingress.hosts'],
  [['httpRoute.enabled=true'], 'httpRoute.parentRefs'],
  [['routes.webhooks=true'], 'secrets.WEBHOOK_SECRET'],
  [['config.LISTEN_ADDR=:9'], 'LISTEN_ADDR'],
  [['secrets.NATS_URL.value=a', 'secrets.NATS_URL.file=/b'], 'NATS_URL'],
  [['replicaCont=3'], 'replicaCont'],
];

interface Manifest {
  readonly kind: string;
  readonly spec?: unknown;
  readonly data?: Record<string, string>;
  readonly text?: string;
}

/** @returns what it writes, on both streams */
function helm(args: readonly string[]): { readonly ok: boolean; readonly output: string; readonly errors: string } {
  const { status, stdout, stderr, error } = spawnSync('helm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined)
    stop(
      'npm run chart needs helm on the PATH, which neither npm nor Debian has: ' +
        'go install helm.sh/helm/v3/cmd/helm@latest, or see https://helm.sh/docs/intro/install',
    );
  return { ok: status === 0, output: stdout, errors: stderr };
}

/** The error is for the maintainer: a message without a stack. */
class Wrong extends Error {}

function stop(message: string): never {
  throw new Wrong(message);
}

/** What the chart takes from its own files is only checked: it is kept where it comes from. */
function isKept({ kind, spec, data, text }: Manifest): boolean {
  if (kind === 'Notes') {
    for (const variable of ['SSE_SERVER_BASE_URL=http://halyard-internal.default\n', 'SSE_AUTHENTICATION_TOKEN='])
      if (text?.includes(variable) !== true) stop(`the notes lack ${variable}: ${text}`);
    return false;
  }
  if (kind === 'PrometheusRule') {
    if (!isDeepStrictEqual(spec, parse(readDocument('docker/prometheus/halyard.rules.yml'))))
      stop('the PrometheusRule is not docker/prometheus/halyard.rules.yml');
    return false;
  }
  if (kind === 'ConfigMap') {
    const dashboard: unknown = JSON.parse(readDocument('docker/grafana/dashboards/halyard.json'));
    if (!isDeepStrictEqual(JSON.parse(data?.['halyard.json'] ?? '{}'), dashboard))
      stop('the ConfigMap is not docker/grafana/dashboards/halyard.json');
    return false;
  }
  return true;
}

const folder = mkdtempSync(join(tmpdir(), 'halyard-chart-'));
try {
  // helm renders nothing while a dependency is missing, and we do not keep the chart of NATS: so without it.
  const chart = join(folder, 'halyard');
  cpSync(pathOf(CHART), chart, { recursive: true, dereference: true, filter: (path) => !isFetched(path) });
  const about = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as Record<string, unknown>;
  // The version that helm assumes for the cluster depends on how it was built.
  for (const key of ['dependencies', 'kubeVersion']) Reflect.deleteProperty(about, key);
  writeFileSync(join(chart, 'Chart.yaml'), stringify(about));

  // helm shows the notes only on installation, which needs a cluster; so here they are a manifest as well.
  cpSync(join(chart, 'templates/NOTES.txt'), join(chart, 'files/notes'));
  const notes = '{{ tpl (.Files.Get "files/notes") . | toJson }}';
  writeFileSync(
    join(chart, 'templates/notes.yaml'),
    `apiVersion: v1\nkind: Notes\nmetadata:\n  name: notes\ntext: ${notes}\n`,
  );

  for (const name of renderings()) {
    const values = name === 'default' ? [] : ['--values', pathOf(`${SAMPLES}/${name}.yaml`)];
    const lint = helm(['lint', '--strict', chart, ...values]);
    if (!lint.ok) stop(`${name}: ${lint.output}${lint.errors}`);
    const rendered = helm(['template', RELEASE, chart, ...values]);
    if (!rendered.ok) stop(`${name}: ${rendered.errors}`);
    const kept = rendered.output
      .split(/^---\n/m)
      .filter((text) => text.trim() !== '' && isKept(parseAllDocuments(text)[0]?.toJS() as Manifest));
    const head = `# Made by npm run chart, of ${name === 'default' ? "the chart's own values" : `${SAMPLES}/${name}.yaml`}.\n`;
    writeFileSync(pathOf(renderedPath(name)), head + kept.map((text) => `---\n${text}`).join(''));
  }
  for (const [values, reason] of REFUSALS) {
    const { ok, errors } = helm(['template', RELEASE, chart, ...values.flatMap((value) => ['--set', value])]);
    if (ok || !errors.includes(reason)) stop(`${values.join(' ')} is not refused for ${reason}: ${errors}`);
  }
  writeFileSync(pathOf(CHECKSUMS), checksums());
} catch (error) {
  if (!(error instanceof Wrong)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
