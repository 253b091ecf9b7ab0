import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readDocument, ROOT } from '../support/documents/repository.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly overrides: Record<string, string>;
}

describe('The supply chain', () => {
  const manifest = JSON.parse(readDocument('package.json')) as Manifest;
  const lock = JSON.parse(readDocument('package-lock.json')) as { packages: Record<string, Locked> };
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

  it('pins every dependency to one exact version', () => {
    const { dependencies, devDependencies, overrides } = manifest;
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...overrides }).filter(
      ([, version]) => !/^(npm:[a-z@/-]+@)?\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).to.deep.equal([]);
  });

  it('locks every package by the SHA-512 of its content, and names no registry', () => {
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).to.deep.equal(
      [],
    );
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).to.deep.equal([]);
  });

  it('needs no install script', () => {
    expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path)).to.deep.equal(
      [],
    );
  });

  it('has the builds of the addon that were tested, by their checksums', () => {
    const lines = readDocument('docker/uws-addon.sha256').trimEnd().split('\n');
    expect(lines.map((line) => line.split('  ')[1])).to.include.members([
      'uws_linux_x64_115.node',
      'uws_linux_x64_137.node',
      'uws_linux_arm64_137.node',
    ]);
    for (const line of lines) {
      const [checksum, file] = line.split('  ');
      const content = readFileSync(`${ROOT}node_modules/uWebSockets.js/${file}`);
      expect(`${file} ${createHash('sha256').update(content).digest('hex')}`).to.equal(`${file} ${checksum}`);
    }
    expect(readDocument('docker/Dockerfile'), 'the image checks them, too').to.match(/sha256sum --check --strict/);
  });

  it('has a bill of materials: every package that runs in production, with its hash', () => {
    const folder = mkdtempSync(join(tmpdir(), 'halyard-bill-'));
    const npm = (...args: readonly string[]): string =>
      execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(ROOT, name), join(folder, name));
    // Not `--omit dev` alone: it leaves out what a package for development needs as well.
    npm('pkg', 'delete', 'devDependencies');
    npm('prune', '--package-lock-only', '--offline');
    const bill = JSON.parse(npm('sbom', '--package-lock-only', '--sbom-format', 'cyclonedx')) as {
      components: { name: string; version: string; hashes?: unknown[]; purl: string }[];
    };
    rmSync(folder, { recursive: true });
    const told = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
    for (const [path, { version, dev }] of locked) {
      if (dev === true) continue;
      expect([...told]).to.include(`${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`);
    }
    expect(bill.components.filter(({ hashes }) => hashes === undefined || hashes.length === 0)).to.deep.equal([]);
  });
});
