import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesUnder, pathOf, readDocument } from '../support/documents/repository.ts';

/** What fetches a program or a package that is not on the machine. */
const FETCHES = ['debian-package.ts', 'debian-program.ts'].map((name) => `tests/support/servers/${name}`);

interface Row {
  readonly folder: string;
  readonly fetches: string;
  readonly isFast: boolean;
}

function rows(): readonly Row[] {
  const section = readDocument('CONTRIBUTING.md').split('## The test folders')[1]?.split(/^## /m)[0] ?? '';
  return [...section.matchAll(/^\| `(tests\/[^`]*)\/` \|(.*)\|$/gm)].map(([, folder = '', cells = '']) => {
    const [, fetches = '', , fast = ''] = cells.split('|').map((cell) => cell.trim());
    return { folder, fetches, isFast: fast === 'yes' };
  });
}

/** The files that a file imports, and those that they import. */
function importsOf(path: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const [, target = ''] of readDocument(path).matchAll(/ from '(\.[^']*)'/g)) {
    const imported = join(dirname(path), target);
    if (/^(tests|bench)\//.test(imported)) importsOf(imported, found);
  }
  return found;
}

describe('The table of test folders in CONTRIBUTING.md', () => {
  const tests = filesUnder('tests').filter((path) => /\.(test|bugs|image)\.ts$/.test(path));

  it('has every folder that has tests, once, and no other', () => {
    const folders = new Set(
      tests
        .map((path) => path.split('/').slice(0, path.startsWith('tests/adapters/') ? 3 : 2))
        .map((parts) => parts.join('/'))
        .filter((path) => !path.endsWith('.ts')),
    );
    expect(rows().map(({ folder }) => folder)).to.deep.equal([...folders].sort());
  });

  it('says of each folder whether it fetches programs', () => {
    for (const { folder, fetches } of rows()) {
      const reached = tests.filter((path) => path.startsWith(`${folder}/`)).flatMap((path) => [...importsOf(path)]);
      // npm fetches what the package depends on.
      const doesFetch = folder === 'tests/package' || FETCHES.some((path) => reached.includes(path));
      expect(doesFetch ? 'something' : 'nothing', folder).to.equal(fetches === 'nothing' ? 'nothing' : 'something');
    }
  });

  it('leaves out no test: what npm test does not run has a command of its own, which CI runs', () => {
    const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };
    const kinds = filesUnder('tests').flatMap((path) => /\.(\w+)\.ts$/.exec(path)?.[1] ?? []);
    const others = new Set(kinds.filter((kind) => kind !== 'test' && kind !== 'process'));
    expect([...others]).to.include.members(['bugs', 'image']);
    for (const kind of others) {
      expect(scripts[`test:${kind}`], kind).to.include(`*.${kind}.js'`);
      expect(readDocument('.ci/run'), kind).to.include(`npm run test:${kind} 2>&1 | tee -a "$log"`);
    }
  });

  it('says which folders npm run test:fast runs, and those fetch nothing', () => {
    const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };
    const patterns = [...(scripts['test:fast'] ?? '').matchAll(/'dist\/(tests\/(?:\w+\/)?)\{(.*?)\}/g)];
    const run = patterns.flatMap(([, above = '', names = '']) => names.split(',').map((name) => `${above}${name}`));
    const fast = rows().filter(({ isFast }) => isFast);
    expect(fast.map(({ folder }) => folder)).to.have.members(run);
    expect(fast.filter(({ fetches }) => fetches !== 'nothing')).to.deep.equal([]);
    for (const folder of run) expect(existsSync(pathOf(folder)), folder).to.equal(true);
  });
});
