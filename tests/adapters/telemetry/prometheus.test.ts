import { open } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { LAG_SAMPLE_MS } from '../../../adapters/telemetry/event-loop-lag.ts';
import { type MetricsSnapshot, PrometheusPage } from '../../../adapters/telemetry/prometheus-page.ts';
import { PrometheusTelemetry } from '../../../adapters/telemetry/prometheus-telemetry.ts';
import type { GaugeReadings } from '../../../application/ports/gauges.ts';
import type { BucketCounts } from '../../../application/ports/tallies.ts';
import { LOGS } from '../../../infrastructure/logs.ts';
import { parseMetrics, sampleOf } from '../../support/documents/metrics-text.ts';
import { eventually } from '../../support/eventually.ts';

const QUIET: GaugeReadings = {
  subscribers: 0,
  maxSubscribers: 100,
  congested: 0,
  behind: 0,
  channels: 0,
  spreading: 0,
  flagsWaiting: 0,
  flagsKeptBytes: 0,
  pending: 0,
  logConnected: true,
  caughtUp: true,
  logDurable: true,
  clockSkewMs: 0,
  unready: undefined,
};

function counting(log = 'nats'): PrometheusTelemetry {
  return new PrometheusTelemetry(LOGS, log);
}

function page(telemetry = counting(), readings: Partial<GaugeReadings> = {}, notAfterMs?: number): PrometheusPage {
  return new PrometheusPage(
    telemetry.registry,
    { read: () => ({ ...QUIET, ...readings }) },
    { version: '1', node: '2' },
    { notAfterMs },
  );
}

describe('The metrics for Prometheus', () => {
  it("has the original's names with all their labels, at 0 from the start", async () => {
    const text = await page().render();
    const documented = [
      'flagsmith_sse_subscribers',
      'flagsmith_sse_subscribers_total',
      ...['keepalive', 'data', 'healthcheck'].flatMap((message) => [
        `flagsmith_sse_http_errors_total{message="${message}"}`,
        `flagsmith_sse_http_writes_total{message="${message}"}`,
      ]),
      ...['connect', 'publish', 'create_jetstream', 'create_consumer', 'pull', 'read', 'ack'].map(
        (operation) => `flagsmith_sse_nats_errors_total{operation="${operation}"}`,
      ),
    ];
    for (const sample of documented) expect(sampleOf(text, sample), sample).to.equal(0);
  });

  it('has a sample of every family of its own from the start, and no environment among the labels', async () => {
    for (const { name, samples } of parseMetrics(await page(counting(), {}, 0).render()).filter((family) =>
      /^(hal|fl)/.test(family.name),
    )) {
      expect(samples.size, name).to.be.greaterThan(0);
      for (const sample of samples.keys())
        for (const [, label] of sample.matchAll(/[{,]([a-z_]+)=/g))
          expect(['message', 'operation', 'reason', 'outcome', 'le', 'version', 'node']).to.include(label);
    }
  });

  it('reports when the certificate expires, the earliest of several processes, and nothing without one', async () => {
    const name = 'halyard_certificate_not_after_seconds';
    const ends = (notAfterMs: number | undefined): PrometheusPage => page(counting(), {}, notAfterMs);
    expect(sampleOf(await ends(1_800_000_000_000).render(), name)).to.equal(1_800_000_000);
    expect(sampleOf(await ends(undefined).render(), name)).to.equal(undefined);
    const snapshots = await Promise.all([2000, undefined, 1000].map((notAfterMs) => ends(notAfterMs).snapshot()));
    expect(sampleOf(await PrometheusPage.gather(snapshots), name)).to.equal(1);
  });

  it('counts a slice of deliveries in one call, each of them an observation', async () => {
    const telemetry = counting();
    telemetry.delivered(1000, 40);
    telemetry.delivered(500, 200);
    telemetry.delivered(1, 60_000);
    const text = await page(telemetry).render();
    const sample = (suffix: string): number | undefined => sampleOf(text, `halyard_delivery_latency_seconds${suffix}`);
    expect(sample('_bucket{le="0.025"}')).to.equal(0);
    expect(sample('_bucket{le="0.05"}')).to.equal(1000);
    expect(sample('_bucket{le="0.15"}')).to.equal(1000);
    expect(sample('_bucket{le="0.25"}')).to.equal(1500);
    expect(sample('_bucket{le="10"}')).to.equal(1500);
    expect(sample('_bucket{le="+Inf"}')).to.equal(1501);
    expect(sample('_count')).to.equal(1501);
    expect(sample('_sum')).to.be.closeTo(200, 1e-6);
  });

  it('has a tally of what the console plots, which later counts do not change', () => {
    const telemetry = counting();
    telemetry.streamOpened();
    telemetry.changeAnswered('stored', 5);
    telemetry.changeAnswered('unauthorized', 5);
    telemetry.delivered(1000, 40);
    telemetry.deliveredAtAge(7, 1200);
    const tally = telemetry.tally();
    telemetry.delivered(1, 40);
    expect([tally.opened, tally.changes]).to.deep.equal([1, 2]);
    const at = ({ bounds, counts }: BucketCounts, seconds: number): number | undefined =>
      counts[bounds.indexOf(seconds)];
    expect([at(tally.delivery, 0.05), at(tally.age, 1.5)]).to.deep.equal([1000, 7]);
    expect(tally.delivery.counts).to.have.length(tally.delivery.bounds.length + 1);
  });

  it('says how much memory there is, at most that of the machine', async () => {
    const limit = sampleOf(await page().render(), 'halyard_memory_limit_bytes');
    expect(limit).to.be.within(process.memoryUsage.rss(), totalmem());
  });

  it('puts a value that equals a bound below it', async () => {
    const telemetry = counting();
    telemetry.passFinished(1000);
    expect(sampleOf(await page(telemetry).render(), 'halyard_pass_duration_seconds_bucket{le="1"}')).to.equal(1);
  });

  it('counts everything that the port reports, each under its own name and label', async () => {
    const telemetry = counting();
    telemetry.streamOpened();
    telemetry.streamClosed('age');
    telemetry.streamRefused('address');
    telemetry.wrote('data', 7);
    telemetry.writeFailed('keepalive', 2);
    telemetry.passFinished(3);
    telemetry.changeAnswered('stored', 5);
    telemetry.changeAnswered('unauthorized', 5);
    telemetry.changesMerged(4);
    telemetry.pendingSettled('superseded');
    telemetry.logError('publish');
    telemetry.messageSkipped('size');
    telemetry.epochStarted();
    telemetry.epochLost('sequence_gap');
    const text = await page(telemetry).render();
    const expected = {
      flagsmith_sse_subscribers_total: 1,
      'halyard_streams_closed_total{reason="age"}': 1,
      'halyard_streams_closed_total{reason="client"}': 0,
      'halyard_streams_refused_total{reason="address"}': 1,
      'halyard_streams_refused_total{reason="full"}': 0,
      'flagsmith_sse_http_writes_total{message="data"}': 7,
      'flagsmith_sse_http_errors_total{message="keepalive"}': 2,
      halyard_pass_duration_seconds_count: 1,
      'halyard_queue_changes_total{outcome="stored"}': 1,
      'halyard_queue_changes_total{outcome="unauthorized"}': 1,
      // What was refused at the door says nothing about how long the log takes.
      halyard_queue_change_duration_seconds_count: 1,
      halyard_changes_merged_total: 4,
      'halyard_pending_settled_total{outcome="superseded"}': 1,
      'flagsmith_sse_nats_errors_total{operation="publish"}': 1,
      'halyard_log_errors_total{operation="publish"}': 1,
      'halyard_log_messages_skipped_total{reason="size"}': 1,
      halyard_log_epochs_total: 1,
      'halyard_log_epochs_lost_total{reason="sequence_gap"}': 1,
    };
    for (const [sample, value] of Object.entries(expected)) expect(sampleOf(text, sample), sample).to.equal(value);
  });

  it('has the reasons and operations of every log from the start, and one for those that no log declares', async () => {
    const telemetry = counting();
    telemetry.logError('undeclared');
    telemetry.epochLost('undeclared');
    const text = await page(telemetry).render();
    for (const { operations, losses } of LOGS) {
      for (const operation of operations)
        expect(sampleOf(text, `halyard_log_errors_total{operation="${operation}"}`), operation).to.equal(0);
      for (const reason of losses)
        expect(sampleOf(text, `halyard_log_epochs_lost_total{reason="${reason}"}`), reason).to.equal(0);
    }
    expect(sampleOf(text, 'halyard_log_errors_total{operation="other"}')).to.equal(1);
    expect(sampleOf(text, 'halyard_log_epochs_lost_total{reason="other"}')).to.equal(1);
    expect(text).not.to.include('undeclared');
  });

  it("counts the errors of another log than the original's under the name that every log has, and no other", async () => {
    const telemetry = counting('memory');
    telemetry.logError('connect');
    const text = await page(telemetry).render();
    expect(sampleOf(text, 'halyard_log_errors_total{operation="connect"}')).to.equal(1);
    expect(sampleOf(text, 'flagsmith_sse_nats_errors_total{operation="connect"}')).to.equal(0);
  });

  it("has the reasons of a lost epoch that NATS's log always had", async () => {
    const text = await page().render();
    for (const reason of [
      'disconnected',
      'sequence_gap',
      'heartbeat_ahead',
      'heartbeats_missed',
      'consumer_gone',
      'consumer_failed',
    ])
      expect(sampleOf(text, `halyard_log_epochs_lost_total{reason="${reason}"}`), reason).to.equal(0);
  });

  it('says why the instance is not ready', async () => {
    const text = await page(undefined, { unready: 'full' }).render();
    expect(sampleOf(text, 'halyard_unready{reason="full"}')).to.equal(1);
    expect(sampleOf(text, 'halyard_unready{reason="starting"}')).to.equal(0);
  });

  it('counts the open files of the process', async () => {
    const files = async (): Promise<number> => sampleOf(await page().render(), 'process_open_fds') ?? 0;
    const before = await files();
    const opened = await Promise.all(Array.from({ length: 50 }, () => open('/dev/null')));
    try {
      expect((await files()) - before).to.equal(50);
    } finally {
      await Promise.all(opened.map((file) => file.close()));
    }
  });

  it('reports how late the event loop was, without the pause between two samples', async () => {
    const lag = async (statistic: string): Promise<number> =>
      sampleOf(await page().render(), `nodejs_eventloop_lag_${statistic}_seconds`) ?? NaN;
    // The first reading starts again, and each sample covers the time since the previous one.
    await lag('max');
    await setTimeout(4 * LAG_SAMPLE_MS);
    const from = performance.now();
    while (performance.now() - from < 3 * LAG_SAMPLE_MS);
    await setTimeout(2 * LAG_SAMPLE_MS);
    const seconds = (3 * LAG_SAMPLE_MS) / 1000;
    expect(await lag('max')).to.be.within(seconds / 2, 10 * seconds);
    // On a busy machine every sample of a reading may be late.
    await eventually('samples that are not late', async () => {
      await setTimeout(4 * LAG_SAMPLE_MS);
      return (await lag('min')) < LAG_SAMPLE_MS / 2000;
    });
  });

  it('gathers several processes: counts are added, and the worst of the states is shown', async () => {
    const snapshots: MetricsSnapshot[] = [];
    for (const readings of [
      { subscribers: 3, clockSkewMs: 7500 },
      { subscribers: 4, logConnected: false, logDurable: false },
    ]) {
      const telemetry = counting();
      telemetry.delivered(10, 40);
      telemetry.wrote('data', 10);
      // Between processes a snapshot travels as JSON.
      snapshots.push(JSON.parse(JSON.stringify(await page(telemetry, readings).snapshot())) as MetricsSnapshot);
    }
    const text = await PrometheusPage.gather(snapshots);
    const expected = {
      flagsmith_sse_subscribers: 7,
      'flagsmith_sse_http_writes_total{message="data"}': 20,
      'halyard_delivery_latency_seconds_bucket{le="0.05"}': 20,
      halyard_delivery_latency_seconds_count: 20,
      halyard_log_connected: 0,
      halyard_log_caught_up: 1,
      halyard_clock_skew_seconds: 7.5,
      halyard_log_in_memory: 1,
      'halyard_build_info{version="1",node="2"}': 1,
    };
    for (const [sample, value] of Object.entries(expected)) expect(sampleOf(text, sample), sample).to.equal(value);
  });
});
