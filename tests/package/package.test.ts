import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { channelTable } from '../../domain/environment-channel.machine.ts';
import { sessionTable } from '../../domain/subscriber-session.machine.ts';
import { pathOf, readDocument, ROOT } from '../support/documents/repository.ts';

const run = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** npm as a user calls it: variables of an npm that runs these tests would make it work in the repository. */
async function npm(command: 'npm' | 'npx', args: readonly string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(init_cwd|npm_(?!config_)|npm_config_local_prefix)/i.test(name)),
  );
  return (await run(command, args, { cwd, env })).stdout;
}

/** The compiler of this repository, on a file of a user with other settings. */
async function typeCheck(cwd: string, file: string, options: Record<string, unknown>): Promise<string> {
  const compilerOptions = { strict: true, target: 'ES2022', lib: ['ES2022', 'DOM'], types: [], ...options };
  await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  return run(process.execPath, [pathOf('node_modules/typescript/bin/tsc'), '--project', cwd]).then(
    ({ stdout }) => stdout,
    (failure: unknown) => (failure as { stdout: string }).stdout,
  );
}

/** All entry points except the service itself. */
const WITHOUT_SERVICE = ['ports', 'memory', 'testing', 'contract']
  .map((name) => `export * as ${name} from 'halyard/${name}';`)
  .join('\n');

describe('The package, installed in an empty folder', () => {
  let folder: string;
  let packed: Packed;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'halyard-consumer-'));
    // The tests run what was built; another build would remove it while they run.
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    [packed] = JSON.parse(await npm('npm', pack, ROOT)) as [Packed];
    await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
    await npm('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed.filename}`], folder);
    await copyFile(pathOf('tests/package/consumer.process.ts'), join(folder, 'consumer.ts'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('is small, and holds only the compiled service with its types', () => {
    expect(packed.size, 'bytes').to.be.below(1_000_000);
    const paths = packed.files.map(({ path }) => path);
    const others = paths.filter(
      (path) => !/^dist\/(domain|application|adapters|infrastructure)\/.*\.(js|d\.ts)$/.test(path),
    );
    const documents = others.filter((path) => path.endsWith('.md'));
    const page = others.filter((path) => path.startsWith('adapters/http/console/page/'));
    expect(page).to.include('adapters/http/console/page/console.html');
    const rest = others.filter((path) => !documents.includes(path) && !page.includes(path));
    expect(rest).to.have.members(['LICENSE', 'package.json']);
    expect(documents).to.include.members(['README.md', 'PROTOCOL.md', 'CHANGELOG.md', 'docs/extending.md']);
    const stale = paths.filter((path) => /^dist\/.*\.js$/.test(path) && !existsSync(sourceOf(path)));
    expect(stale, 'compiled once, from what is gone now: remove dist, and build').to.deep.equal([]);
  });

  it('has what its README links to, except what is only in the repository', () => {
    const links = [...readDocument('README.md').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      (match) => match[1] ?? '',
    );
    const paths = packed.files.map(({ path }) => path);
    const missing = links.filter((link) => !paths.some((path) => path === link || path.startsWith(`${link}/`)));
    expect(
      missing.filter((link) => !/^(docker|infrastructure|docs\/images|docs\/benchmarks)\//.test(link)),
    ).to.deep.equal([]);
    expect(links.length).to.be.greaterThan(10);
  });

  it('has the addon as a dependency, and nothing that only these tests need', async () => {
    expect(existsSync(join(folder, 'node_modules/uWebSockets.js/package.json'))).to.equal(true);
    const { devDependencies } = JSON.parse(readDocument('package.json')) as { devDependencies: object };
    const installed = Object.keys(devDependencies).filter((name) => existsSync(join(folder, 'node_modules', name)));
    expect(installed).to.deep.equal([]);
  });

  it('has the program', async () => {
    expect(await npm('npx', ['--no-install', 'halyard', '--help'], folder)).to.include('SSE_AUTHENTICATION_TOKEN');
  });

  it('is type-checked with all that its types refer to', async () => {
    // The types of the service refer to those of Node, and through NATS to those of the newest ECMAScript.
    const typeRoots = [pathOf('node_modules/@types')];
    const options = { skipLibCheck: false, lib: ['ESNext', 'DOM'], types: ['node'], typeRoots };
    expect(await typeCheck(folder, 'consumer.ts', { ...options, module: 'NodeNext', noEmit: true })).to.equal('');
  });

  it('is type-checked without the types of Node, except for the entry point of the service itself', async () => {
    await writeFile(join(folder, 'parts.ts'), WITHOUT_SERVICE);
    const options = { skipLibCheck: false, module: 'NodeNext', noEmit: true };
    expect(await typeCheck(folder, 'parts.ts', options)).to.equal('');
  });

  it('is type-checked as bundlers resolve it, and as strictly as this repository', async () => {
    const bundled = { module: 'ESNext', moduleResolution: 'Bundler', noEmit: true };
    // The declarations of xstate fail with the second option, so those of libraries are not checked with it.
    const strictest = { skipLibCheck: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    expect(await typeCheck(folder, 'consumer.ts', { ...bundled, ...strictest })).to.equal('');
  });

  it('serves a program that imports every entry point, and lets it end', async () => {
    const program = join(folder, 'out', 'consumer.js');
    await typeCheck(folder, 'consumer.ts', { module: 'NodeNext', skipLibCheck: true, outDir: join(folder, 'out') });
    const { stdout } = await run(process.execPath, [program], { cwd: folder, timeout: 60_000 });
    const application = {
      data: '{"updated_at":1733480514.079725}',
      subscribers: 1,
      outcomes: ['stored', 'unavailable'],
      typed: 'function',
    };
    expect(JSON.parse(stdout)).to.deep.equal({
      embedded: { body: { updated_at: 123 }, appends: 1, counted: 1, typed: 'function' },
      followed: { values: ['1733480514.079725'], wrong: 'yesterday' },
      contracts: { failed: 0, ran: true },
      paths: { machine: 'subscriberSession', session: sizeOf(sessionTable), channel: sizeOf(channelTable) },
      uws: application,
      node: application,
    });
  });

  it('offers its entry points, and no file behind them', async () => {
    const inside = "import('halyard/dist/domain/update.js').then(() => 'found', ({ code }) => code).then(console.log)";
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', inside], { cwd: folder });
    expect(stdout).to.equal('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });
});

/** How many paths there are at least: each event in each state. */
function sizeOf({
  states,
  events,
}: {
  readonly states: readonly string[];
  readonly events: readonly string[];
}): number {
  return states.length * events.length;
}

function sourceOf(compiled: string): string {
  return pathOf(compiled.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
}
