import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { UnreadyReason } from '../../application/ports/health-report.ts';
import type { MetricsPage } from '../../application/ports/metrics-page.ts';
import type { GaugeReadings, Gauges } from '../../application/ports/gauges.ts';
import type { ServedCertificate } from '../../application/ports/served-certificate.ts';
import { LAG_SAMPLE_MS, tellLagWithoutItsPause } from './event-loop-lag.ts';
import { memoryLimit } from './memory-limit.ts';
import { gauge, labelledGauge } from './metric-family.ts';
import { countOpenFilesCheaply } from './open-files.ts';

/** The measurements of one process, in a form that can be sent to another. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

const UNREADY_REASONS: Record<UnreadyReason, true> = {
  starting: true,
  log_unavailable: true,
  full: true,
  draining: true,
};

/** Names that Prometheus's own linter refuses, because they are gauges with the ending of counters. */
const REFUSED_DEFAULTS = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

let processMetrics: Registry | undefined;

/** Shared, because they watch the process: a second service in it (as in tests) must not start a second watch. */
function metricsOfTheProcess(): Registry {
  if (processMetrics === undefined) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics, eventLoopMonitoringPrecision: LAG_SAMPLE_MS });
    tellLagWithoutItsPause(processMetrics);
    for (const name of REFUSED_DEFAULTS) processMetrics.removeSingleMetric(name);
    countOpenFilesCheaply(processMetrics);
  }
  return processMetrics;
}

/** All of `/metricsz`: counters, current state, and the process. Text format 0.0.4. */
export class PrometheusPage implements MetricsPage {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registries: readonly Registry[];

  /** @param certificate undefined if no listener uses TLS: its gauge then has no value */
  constructor(
    counted: Registry,
    signs: Gauges,
    build: { readonly version: string; readonly node: string },
    certificate?: ServedCertificate,
  ) {
    const registry = new Registry();
    const read = (): GaugeReadings => signs.read();
    gauge(registry, { name: 'flagsmith_sse_subscribers', help: 'Open streams.' }, () => read().subscribers);
    gauge(
      registry,
      { name: 'halyard_subscribers_max', help: 'The limit of open streams.' },
      () => read().maxSubscribers,
    );
    gauge(
      registry,
      { name: 'halyard_subscribers_congested', help: 'Streams whose client does not read, as of the last sweep.' },
      () => read().congested,
    );
    gauge(
      registry,
      {
        name: 'halyard_subscribers_behind',
        help: 'Streams whose client reads and has not received the newest update, as of the last sweep. With REFETCH_PER_SECOND they wait for their turn.',
      },
      () => read().behind,
    );
    gauge(
      registry,
      {
        name: 'halyard_channels',
        help: 'Environments with subscribers, or with an update for new ones. One with OFREP streams counts twice, because these have their own channel.',
      },
      () => read().channels,
    );
    gauge(
      registry,
      {
        name: 'halyard_channels_spreading',
        help: 'Environments whose subscribers are being sent an update, or wait for it: for REFETCH_PER_SECOND, or for the second between two events of an OFREP stream.',
      },
      () => read().spreading,
    );
    gauge(
      registry,
      { name: 'halyard_pending_updates', help: 'Environments whose refused update waits for the log.' },
      () => read().pending,
    );
    gauge(
      registry,
      { name: 'halyard_flags_waiting', help: 'Callers of the relay that wait for an answer of the Flagsmith API.' },
      () => read().flagsWaiting,
    );
    gauge(
      registry,
      { name: 'halyard_flags_kept_bytes', help: 'The answers that the relay keeps, with their compressed forms.' },
      () => read().flagsKeptBytes,
    );
    gauge(registry, { name: 'halyard_log_connected', help: 'Whether the log is connected.', aggregator: 'min' }, () =>
      Number(read().logConnected),
    );
    gauge(
      registry,
      {
        name: 'halyard_log_caught_up',
        help: 'Whether the log has been read to its end and is followed.',
        aggregator: 'min',
      },
      () => Number(read().caughtUp),
    );
    gauge(
      registry,
      { name: 'halyard_log_in_memory', help: 'Whether a restart of the log loses what it holds.', aggregator: 'max' },
      () => Number(!read().logDurable),
    );
    gauge(
      registry,
      {
        name: 'halyard_clock_skew_seconds',
        help:
          'How far the clocks of this machine and of the log are apart: the least difference between the receipt of ' +
          'an update and the time at which the log stored it, of the last minute that had live updates. ' +
          'It includes the quickest delivery; 0 before the first.',
        // Workers share one clock; a worker that has received nothing yet reports 0.
        aggregator: 'max',
      },
      () => read().clockSkewMs / 1000,
    );
    labelledGauge(
      registry,
      { name: 'halyard_unready', help: 'Why /readyz answers 503: 1 for the current reason.', aggregator: 'max' },
      () => {
        const { unready } = read();
        return Object.keys(UNREADY_REASONS).map((reason) => ({
          value: Number(reason === unready),
          labels: { reason },
        }));
      },
    );
    labelledGauge(
      registry,
      {
        name: 'halyard_certificate_not_after_seconds',
        help: 'When the TLS certificate in use expires, in seconds since 1970. ' + 'No value without a certificate.',
        aggregator: 'min',
      },
      () => {
        const notAfterMs = certificate?.notAfterMs;
        return notAfterMs === undefined ? [] : [{ value: notAfterMs / 1000, labels: {} }];
      },
    );
    gauge(
      registry,
      {
        name: 'halyard_memory_limit_bytes',
        help: 'How much memory there is: the limit of the container, or else the memory of the machine. All workers share it.',
        aggregator: 'first',
      },
      memoryLimit,
    );
    labelledGauge(
      registry,
      { name: 'halyard_build_info', help: 'What runs here. Always 1.', aggregator: 'first' },
      () => [{ value: 1, labels: { version: build.version, node: build.node } }],
    );
    this.#registries = [counted, registry, metricsOfTheProcess()];
  }

  async render(): Promise<string> {
    return (await Promise.all(this.#registries.map((registry) => registry.metrics()))).join('\n');
  }

  async snapshot(): Promise<MetricsSnapshot> {
    return (await Promise.all(this.#registries.map((registry) => registry.getMetricsAsJSON()))).flat();
  }

  /** One snapshot for several processes. */
  static merge(snapshots: readonly MetricsSnapshot[]): Promise<MetricsSnapshot> {
    return AggregatorRegistry.aggregate([...snapshots]).getMetricsAsJSON();
  }

  /** One page for several processes: counts and subscribers are added up, and of each state the worst is shown. */
  static gather(snapshots: readonly MetricsSnapshot[]): Promise<string> {
    return AggregatorRegistry.aggregate([...snapshots]).metrics();
  }
}
