import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { filesUnder, pathOf, readDocument } from "../support/documents/repository.js";
describe('The entry points of the package', () => {
    const { exports } = JSON.parse(readDocument('package.json'));
    const entries = Object.entries(exports).filter(([path]) => path !== './package.json');
    it('are those that the documents name, each with its types', () => {
        expect(entries.map(([path]) => path)).to.deep.equal(['.', './ports', './memory', './testing', './contract']);
        for (const [path, entry] of entries) {
            const name = path === '.' ? 'halyard' : path.slice(2);
            const file = `./dist/infrastructure/exports/${name}`;
            expect(entry).to.deep.equal({ types: `${file}.d.ts`, default: `${file}.js` });
            expect(existsSync(pathOf(`infrastructure/exports/${name}.ts`)), name).to.equal(true);
        }
        expect(filesUnder('infrastructure/exports')).to.have.length(entries.length);
    });
    it('offer every port', () => {
        const offered = readDocument('infrastructure/exports/ports.ts');
        const missing = filesUnder('application/ports').filter((path) => !offered.includes(`'../../${path}'`));
        expect(missing).to.deep.equal([]);
    });
});
//# sourceMappingURL=entry-points.test.js.map