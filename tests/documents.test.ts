import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDocument, ROOT } from './support/repository.ts';

const DOCUMENTS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'docker'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

describe('The documents', () => {
  for (const path of DOCUMENTS)
    it(`${path} links to what there is, and to commands that there are`, () => {
      const text = readDocument(path);
      const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '');
      expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).to.deep.equal([]);
      const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };
      const commands = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][a-z:-]*)/g)].map((match) => match[1] ?? '');
      expect(commands.filter((command) => scripts[command] === undefined)).to.deep.equal([]);
    });
});
