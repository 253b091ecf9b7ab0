import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withTables } from "./support/documents/operations-tables.js";
import { readDocument, ROOT } from "./support/documents/repository.js";
import { stateDiagrams } from "./support/documents/state-diagrams.js";
const DOCUMENTS = [
    ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
    ...['docs', 'docker'].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(folder, name))),
];
describe('The documents', () => {
    it('ARCHITECTURE.md draws the state machines as they are', () => {
        const text = readDocument('ARCHITECTURE.md');
        expect(text).to.equal(withTables(text, stateDiagrams(), 'diagram'));
    });
    for (const path of DOCUMENTS)
        it(`${path} links to what there is, and to commands that there are`, () => {
            const text = readDocument(path);
            const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
            const links = [...prose.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '');
            expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).to.deep.equal([]);
            const { scripts } = JSON.parse(readDocument('package.json'));
            const commands = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][a-z:-]*)/g)].map((match) => match[1] ?? '');
            expect(commands.filter((command) => scripts[command] === undefined)).to.deep.equal([]);
        });
});
//# sourceMappingURL=documents.test.js.map