import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { VARIABLES } from '../../infrastructure/config.ts';
import { LOGS } from '../../infrastructure/logs.ts';
import {
  CHART,
  CHECKSUMS,
  checksums,
  RENDERED,
  renderedPath,
  renderings,
  SAMPLES,
} from '../support/documents/chart.ts';
import { type Fields, type Manifest, unknownFields } from '../support/documents/kubernetes-schema.ts';
import { pathOf, readDocument } from '../support/documents/repository.ts';
import { effective } from '../support/servers/service-environment.ts';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
}

interface Volume {
  readonly name: string;
  readonly projected?: {
    readonly sources: { readonly secret: { readonly name: string; readonly items: { key: string; path: string }[] } }[];
  };
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: { readonly runAsUser: number; readonly runAsNonRoot: boolean };
  readonly volumes?: readonly Volume[];
  readonly topologySpreadConstraints?: unknown;
  readonly containers: readonly {
    readonly image: string;
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
    readonly livenessProbe: Probe;
    readonly readinessProbe: Probe;
    readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
    readonly securityContext: Fields;
    readonly volumeMounts?: readonly Mount[];
  }[];
}

const PACKAGE = JSON.parse(readDocument('package.json')) as { version: string };
/** The schema of the chart has a log that another version of this service may lack. */
const KNOWN_LOGS: readonly string[] = LOGS.map(({ name }) => name);

for (const name of renderings())
  describe(renderedPath(name), () => {
    const manifests = parseAllDocuments(readDocument(renderedPath(name))).map(
      (document) => document.toJS() as Manifest,
    );
    const find = (kind: string): Manifest | undefined => manifests.find((manifest) => manifest.kind === kind);
    const of = (kind: string): Manifest => {
      const found = find(kind);
      if (found === undefined) throw new Error(`there is no ${kind}`);
      return found;
    };
    const deployment = of('Deployment').spec as { replicas?: number; selector: Fields; template: Fields };
    const pod = (deployment.template as { spec: Pod }).spec;
    const container = pod.containers[0] as Pod['containers'][0];
    const variables = Object.fromEntries(container.env.map((variable) => [variable.name, variable.value]));

    it("matches Kubernetes's own schemas, without unknown fields", async () => {
      for (const manifest of manifests) expect(await unknownFields(manifest), manifest.kind).to.deep.equal([]);
      const misspelt = structuredClone(of('Deployment'));
      misspelt.spec['minReadySecond'] = 5;
      expect(await unknownFields(misspelt)).to.deep.equal(['/spec/minReadySecond']);
    });

    it('gives the service enough time to drain, and only variables that exist', () => {
      const [preStop, wait, drain] = [
        container.lifecycle.preStop.exec.command[1],
        variables['DRAIN_WAIT_SECONDS'],
        variables['DRAIN_SECONDS'],
      ].map(Number);
      expect(pod.terminationGracePeriodSeconds).to.equal((preStop ?? NaN) + (wait ?? NaN) + (drain ?? NaN) + 10);
      expect(pod.terminationGracePeriodSeconds).to.be.greaterThan(40);
      for (const { value } of container.env) expect(value).not.to.match(/e\+|<nil>/);
      if (!KNOWN_LOGS.includes(variables['UPDATE_LOG'] ?? '')) return;
      const config = effective(variables);
      const ports = container.ports.map(({ name: port, containerPort }) => [port, containerPort]);
      expect(ports).to.deep.equal([
        ['public', config.listenAddresses[0]?.port],
        ['internal', config.internalListenAddresses[0]?.port],
        ...config.http2ListenAddresses.map(({ port }) => ['https', port]),
      ]);
      expect(config.maxStreamAgeMs).to.equal(3_600_000);
      expect(container.image).to.equal(`halyard:${PACKAGE.version}`);
    });

    it('mounts the file of every secret, from a Secret that it creates or names', () => {
      const made = new Map(
        manifests
          .filter(({ kind }) => kind === 'Secret')
          .map((secret) => [secret.metadata.name, (secret as unknown as { stringData: Fields }).stringData]),
      );
      const volumes = pod.volumes ?? [];
      const paths = (container.volumeMounts ?? []).flatMap(({ name: volume, mountPath }) => {
        const found = volumes.find((candidate) => candidate.name === volume);
        expect(found, volume).not.to.equal(undefined);
        const items = (found?.projected?.sources ?? []).flatMap(({ secret }) => {
          for (const { key } of secret.items)
            if (made.has(secret.name)) expect(made.get(secret.name)).to.have.property(key);
          return secret.items.map(({ path }) => `${mountPath}/${path}`);
        });
        return items.length > 0 ? items : [mountPath];
      });
      const files = VARIABLES.filter(({ secret }) => secret === true).flatMap(
        (variable) => variables[`${variable.name}_FILE`] ?? [],
      );
      expect(files.length).to.be.greaterThan(0);
      for (const file of files)
        expect(
          paths.some((path) => file.startsWith(path)),
          file,
        ).to.equal(true);
    });

    it('restarts a process that hangs, and tolerates a blip of the log of a minute', () => {
      expect(container.livenessProbe.httpGet).to.deep.equal({ path: '/livez', port: 'internal' });
      expect(container.readinessProbe.httpGet).to.deep.equal({ path: '/readyz', port: 'internal' });
      const { periodSeconds, failureThreshold } = container.readinessProbe;
      expect(periodSeconds * failureThreshold).to.be.at.least(60);
    });

    it('runs without privileges', () => {
      expect(pod.securityContext).to.include({ runAsNonRoot: true });
      expect(container.securityContext).to.deep.include({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(readDocument('docker/Dockerfile')).to.include(`USER ${pod.securityContext.runAsUser}:`);
    });

    it('exposes the internal port to nothing outside', () => {
      for (const kind of ['Ingress', 'HTTPRoute']) {
        const route = JSON.stringify(find(kind)?.spec ?? {});
        expect(route).not.to.include('internal');
        const paths = [...route.matchAll(/"(?:path|value)":"([^"]+)"/g)].map((match) => match[1]);
        expect(paths.filter((path) => path !== '/webhooks/flagsmith')).to.deep.equal(
          find(kind) === undefined ? [] : [name === 'postgres' ? '/sse/' : '/sse/environments/'],
        );
      }
      const policy = find('NetworkPolicy')?.spec as
        { ingress: { ports: { port: string }[]; from?: unknown[] }[] } | undefined;
      for (const { ports, from } of policy?.ingress ?? [])
        expect(from === undefined, JSON.stringify(ports)).to.equal(ports.every(({ port }) => port !== 'internal'));
    });

    it('selects the same pods everywhere', () => {
      const labels = { 'app.kubernetes.io/name': 'halyard', 'app.kubernetes.io/instance': 'halyard' };
      const { metadata } = deployment.template as { metadata: Fields };
      expect([deployment.selector['matchLabels'], metadata['labels']]).to.deep.equal([labels, labels]);
      const services = manifests.filter(({ kind }) => kind === 'Service');
      expect(services.map(({ metadata: { name: service } }) => service)).to.deep.equal(['halyard', 'halyard-internal']);
      for (const service of services) expect(service.spec['selector']).to.deep.equal(labels);
      for (const kind of ['PodDisruptionBudget', 'NetworkPolicy', 'ServiceMonitor']) {
        const spec = find(kind)?.spec;
        const selector = (spec?.['podSelector'] ?? spec?.['selector']) as { matchLabels: Fields } | undefined;
        if (selector !== undefined) expect(selector.matchLabels).to.include(labels);
      }
      const autoscaler = find('HorizontalPodAutoscaler');
      expect(deployment.replicas === undefined).to.equal(autoscaler !== undefined);
      if (autoscaler !== undefined)
        expect(autoscaler.spec['scaleTargetRef']).to.include({ kind: 'Deployment', name: 'halyard' });
    });
  });

describe(CHART, () => {
  const about = parse(readDocument(`${CHART}/Chart.yaml`)) as Fields;
  const kindsOf = (name: string): string[] =>
    parseAllDocuments(readDocument(renderedPath(name))).map((document) => (document.toJS() as Manifest).kind);

  it('is rendered in its current form (npm run chart renders it)', () => {
    expect(readDocument(CHECKSUMS)).to.equal(checksums());
  });

  it('renders from its samples every kind of manifest that its templates have', () => {
    const rendered = new Set(renderings().flatMap(kindsOf));
    expect([...rendered].sort()).to.deep.equal([
      'Deployment',
      'HTTPRoute',
      'HorizontalPodAutoscaler',
      'Ingress',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Secret',
      'Service',
      'ServiceMonitor',
    ]);
    expect(kindsOf('default')).to.have.members(['PodDisruptionBudget', 'Service', 'Service', 'Deployment']);
  });

  it('has the version of the package, and a kustomization that refers to a sample', () => {
    expect([about['version'], about['appVersion']]).to.deep.equal([PACKAGE.version, PACKAGE.version]);
    const { resources } = parse(readDocument(`${RENDERED}/kustomization.yaml`)) as { resources: string[] };
    expect(resources).to.deep.equal(['production.yaml']);
  });

  it('includes the alerts and the dashboard unchanged, and the alerts are valid for the Prometheus Operator', async () => {
    for (const [link, file] of [
      ['halyard.rules.yml', 'docker/prometheus/halyard.rules.yml'],
      ['halyard.json', 'docker/grafana/dashboards/halyard.json'],
    ] as const) {
      expect(readFileSync(pathOf(`${CHART}/files/${link}`), 'utf8')).to.equal(readDocument(file));
      expect(readDocument(`${CHART}/templates/monitoring.yaml`)).to.include(`.Files.Get "files/${link}"`);
    }
    const rule: Manifest = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'halyard' },
      spec: parse(readDocument('docker/prometheus/halyard.rules.yml')) as Fields,
    };
    expect(await unknownFields(rule)).to.deep.equal([]);
  });

  it('has a schema that accepts its values and its samples, and rejects misspelt ones', () => {
    const schema = JSON.parse(readDocument(`${CHART}/values.schema.json`)) as Fields;
    const isValid = new Ajv({ allowUnionTypes: true }).compile(schema);
    const values = parse(readDocument(`${CHART}/values.yaml`)) as Fields;
    const samples = renderings().slice(1);
    expect(samples).to.have.length(4);
    for (const given of [values, ...samples.map((name) => parse(readDocument(`${SAMPLES}/${name}.yaml`)) as Fields)])
      expect(isValid(given), JSON.stringify(isValid.errors)).to.equal(true);
    for (const wrong of [
      { replicaCont: 2 },
      { drain: { second: 2 } },
      { updateLog: 'redis' },
      { secrets: { NATS_URL: 'nats://a' } },
      { secrets: { NATS_URL: { value: 'a', file: '/b' } } },
      { config: { DRAIN_SECONDS: 5 } },
      { config: { keep_alive: 5 } },
    ])
      expect(isValid(wrong), JSON.stringify(wrong)).to.equal(false);
    // Every value has a place in the schema.
    const { properties } = schema as { properties: Fields };
    expect(Object.keys(properties).filter((name) => name !== 'global')).to.have.members(Object.keys(values));
    const logs = properties['updateLog'] as { enum: string[] };
    expect(logs.enum).to.include.members([...KNOWN_LOGS]);
  });
});

describe("docker/helm/values-flagsmith.yaml, for Flagsmith's own chart", () => {
  interface FlagsmithValues {
    readonly sse: {
      readonly enabled: boolean;
      readonly image: { readonly tag: string };
      readonly replicaCount: number;
      readonly extraEnv: Record<string, string>;
      readonly terminationGracePeriodSeconds: number;
      readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: string[] } } };
      readonly livenessProbe: { readonly path: string };
      readonly readinessProbe: { readonly path: string };
      readonly resources: { readonly requests: { readonly cpu: string } };
      readonly defaultPodSecurityContext: { readonly runAsUser: number };
    };
    readonly service: { readonly sse: { readonly port: number } };
    readonly hpa: { readonly sse: { readonly enabled: boolean } };
    readonly ingress: { readonly sse: { readonly hosts: { readonly paths: string[] }[] } };
    readonly gateway: { readonly sse: { readonly rules: { readonly matches: { path: { value: string } }[] }[] } };
  }
  const { sse, service, hpa, ingress, gateway } = parse(
    readDocument('docker/helm/values-flagsmith.yaml'),
  ) as FlagsmithValues;
  const config = effective({ ...sse.extraEnv, SSE_AUTHENTICATION_TOKEN: 'from-its-secret' });

  it('keeps the one port that its liveness probe uses', () => {
    expect(service.sse.port).to.equal(8000);
    expect(config.listenAddresses).to.deep.equal([{ host: '', port: 8000 }]);
    expect(config.internalListenAddresses).to.deep.equal([]);
  });

  it('has no autoscaler beside a fixed number of replicas, and the time to drain', () => {
    expect([sse.enabled, sse.replicaCount, hpa.sse.enabled]).to.deep.equal([true, 2, false]);
    const preStop = Number(sse.lifecycle.preStop.exec.command[1]);
    const needed = preStop + (config.drainWaitMs + config.drainMs) / 1000 + 10;
    expect(sse.terminationGracePeriodSeconds).to.equal(needed);
  });

  it('runs the image as its own user, and describes it correctly', () => {
    expect(sse.image.tag).to.equal(PACKAGE.version);
    expect(readDocument('docker/Dockerfile')).to.include(`USER ${sse.defaultPodSecurityContext.runAsUser}:`);
    for (const value of Object.values(sse.extraEnv)) expect(value).to.be.a('string');
    expect([sse.livenessProbe.path, sse.readinessProbe.path]).to.deep.equal([
      '/health/liveness/',
      '/health/readiness/',
    ]);
  });

  it('routes only the streams, if that is possible', () => {
    expect(ingress.sse.hosts.flatMap(({ paths }) => paths)).to.deep.equal(['/sse/']);
    const pattern = new RegExp(gateway.sse.rules[0]?.matches[0]?.path.value ?? '^$');
    for (const path of ['/sse/environments/AbC/stream', '/sse/AbC/stream']) expect(path).to.match(pattern);
    for (const path of ['/sse/environments/AbC/queue-change', '/metrics', '/metricsz', '/debug/environments/stream'])
      expect(path).not.to.match(pattern);
  });
});
