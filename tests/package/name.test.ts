import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { filesUnder, readDocument, ROOT } from '../support/documents/repository.ts';

/**
 * Commands that would fetch a package of our name from the public registry, which may be a stranger's: `install
 * halyard`, and an npx that downloads what is not installed. A path to a tarball is not such a command.
 */
const FROM_THE_REGISTRY = [
  /\b(?:npm|pnpm|yarn|bun)\s+(?:i|in|install|add|exec|x|dlx|create|update)\b[^\n`|&;]*?\shalyard(?:@[^\s`'"]+)?(?![\w./:-])/g,
  /\b(?:npx|bunx)\b(?![^\n`|&;]*--no-install)[^\n`|&;]*?\shalyard\b/g,
];

function takenFromTheRegistry(text: string): string[] {
  return FROM_THE_REGISTRY.flatMap((pattern) => [...text.matchAll(pattern)].map(([command]) => command));
}

const FOLDERS = ['adapters', 'application', 'bench', 'docker', 'docs', 'domain', 'infrastructure', 'tests', '.github'];

describe('The name of the package', () => {
  it('is never installed from a registry by a document or source', () => {
    const files = [
      ...readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : [])),
      ...FOLDERS.flatMap(filesUnder),
    ].filter((path) => /\.(md|ts|js|cjs|json|ya?ml|conf|c)$|Dockerfile/.test(path) && path !== 'package-lock.json');
    expect(files).to.include.members(['README.md', 'package.json', 'docker/Dockerfile', 'docs/operations.md']);
    const found = files.flatMap((path) =>
      takenFromTheRegistry(readDocument(path)).map((command) => `${path}: ${command}`),
    );
    expect(found).to.deep.equal([]);
  });

  it('would be found if a document used it', () => {
    const name = 'halyard';
    for (const command of [
      `npm i ${name}`,
      `npm install --save-dev ${name}`,
      `npm i -g ${name}@latest`,
      `npm install ${name}\n`,
      `\`npm add ${name}\``,
      `yarn add ${name}`,
      `npm exec ${name}`,
      `npx ${name} --help`,
      `npx --yes ${name}`,
    ])
      expect(takenFromTheRegistry(command), command).to.have.length(1);
    for (const command of [
      `npm i ./${name}-0.1.0.tgz`,
      `npm install --prefer-offline ./${name}-x.y.z.tgz`,
      `npx --no-install ${name} --help`,
      `npm run build && node ${name}`,
      `docker build --tag ${name} .`,
      `npm ci\n${name} serve`,
    ])
      expect(takenFromTheRegistry(command), command).to.deep.equal([]);
  });
});
