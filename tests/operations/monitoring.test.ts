import { expect } from 'chai';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { eventually } from '../support/eventually.ts';
import { metricsNamedIn, queryableNames } from '../support/documents/metrics-text.ts';
import { workerFigures } from '../../adapters/telemetry/worker-figures.ts';
import { filesUnder, pathOf, readDocument } from '../support/documents/repository.ts';
import { Prometheus, promtool } from '../support/servers/prometheus.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

const RULES = 'docker/prometheus/halyard.rules.yml';
const RULE_TESTS = 'docker/prometheus/halyard.rules.test.yml';
const DASHBOARD = 'docker/grafana/dashboards/halyard.json';

/** The original's count is one of ours as well: a dashboard with both would show each error twice. */
const COUNTED_TWICE = 'flagsmith_sse_nats_errors_total';

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** The dashboard's queries, with its variables as Grafana would fill them in. */
function dashboardQueries(): { title: string; query: string }[] {
  const { panels } = JSON.parse(readDocument(DASHBOARD)) as { panels: Panel[] };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      query: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
    })),
  );
}

describe('Monitoring', () => {
  let certificate: CertificateFiles;
  let service: RunningService;
  let page: string;
  before(async () => {
    certificate = await CertificateFiles.make();
    service = await startService(certificate.environment);
    page = await (await fetch(service.url('/metricsz'))).text();
  });
  after(async () => {
    await service?.stop();
    await certificate.remove();
  });

  it('names only metrics that exist, in the dashboard, in the alerts, in their tests and in the documents', () => {
    // Those of each worker exist if there are several.
    const ofWorkers = workerFigures(new Map()).map(({ name }) => name);
    const names = new Set([...queryableNames(page), ...ofWorkers]);
    const texts = [DASHBOARD, RULES, RULE_TESTS, ...filesUnder('docs').filter((path) => path.endsWith('.md'))];
    let named = 0;
    for (const path of texts)
      for (const name of metricsNamedIn(readDocument(path))) {
        named++;
        const family = [...names].some((known) => known === name || known === `${name}_bucket`);
        expect(family, `${path} names ${name}`).to.equal(true);
      }
    expect(named).to.be.greaterThan(50);
  });

  it('shows every metric of our own on the dashboard', () => {
    const shown = metricsNamedIn(readDocument(DASHBOARD));
    const unseen = [...queryableNames(page)].filter(
      (name) =>
        /^(halyard|flagsmith)_/.test(name) && !shown.has(name) && !shown.has(name.replace(/_(sum|count)$/, '_bucket')),
    );
    expect(unseen).to.deep.equal([COUNTED_TWICE]);
    expect(shown).to.include('halyard_log_errors_total');
  });

  it("passes Prometheus's own checks: the page, the rules, their tests", async () => {
    await promtool(['check', 'metrics'], page);
    await promtool(['check', 'rules', '--lint=all', '--lint-fatal', pathOf(RULES)]);
    await promtool(['test', 'rules', pathOf(RULE_TESTS)]);
  });

  it('tests every alert, and gives each a runbook', () => {
    const rules = readDocument(RULES);
    const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map((match) => match[1] as string);
    const tested = [...readDocument(RULE_TESTS).matchAll(/alertname="(\w+)"/g)].map((match) => match[1]);
    expect(tested).to.have.members(alerts);
    for (const part of ['summary:', 'description:', 'runbook:', 'severity:'])
      expect(rules.split(part), part).to.have.length(alerts.length + 1);
  });

  it('is scraped by a real Prometheus, which loads the rules and answers every query of the dashboard', async () => {
    const client = await StreamClient.open(service.port, 'abcxyz');
    const prometheus = await Prometheus.start(`127.0.0.1:${service.port}`, pathOf(RULES));
    try {
      await service.publish('abcxyz', 123);
      await client.hears('123');
      const writes = 'flagsmith_sse_http_writes_total{message="data"}';
      await eventually('the write to be scraped', async () => (await prometheus.query(writes))[0]?.value === 1, 60_000);
      expect((await prometheus.query('flagsmith_sse_subscribers'))[0]?.value).to.equal(1);
      expect((await prometheus.query('up{job="halyard"}'))[0]?.value).to.equal(1);

      const alerts = (await prometheus.rules()).length;
      expect(alerts).to.equal(readDocument(RULES).split('- alert:').length - 1);
      await eventually(
        'every rule to be evaluated',
        async () => (await prometheus.rules()).every(({ health }) => health === 'ok'),
        60_000,
      );
      // At least two scrapes, so that there is a rate.
      for (const { title, query } of dashboardQueries()) {
        const answer = async (): Promise<number> => (await prometheus.query(query)).length;
        await eventually(`an answer for the panel "${title}": ${query}`, async () => (await answer()) > 0, 60_000);
      }
    } finally {
      client.close();
      await prometheus.stop();
    }
  });
});
