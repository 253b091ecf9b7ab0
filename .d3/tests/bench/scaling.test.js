import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { fillScaling } from "../../bench/scaling.js";
const GUIDE = new URL('../../../docs/scaling.md', import.meta.url);
describe('the figures in the guide to scaling', () => {
    it('go into their places, and into no other', async () => {
        const guide = await readFile(GUIDE, 'utf8');
        const facts = { cpuPerEventUs: 10, bytesPerSubscriber: 2048, idleShare: 0.015 };
        const filled = fillScaling(guide, facts);
        expect(filled).to.include('| an idle stream | 2.00 KiB of resident memory | `npm run bench -- fan-out` |');
        // 50,000 subscribers a core: half of its second at 10 µs each.
        expect(filled).to.include('| 100,000 | 2 | 6 | 675 MiB | 0.10 cores | 500 ms |');
        expect(filled).to.include('| a new stream | not measured yet');
        expect(fillScaling(filled, facts)).to.equal(filled);
        const outside = (text) => text.replace(/<!-- bench: (\w+) -->.*?<!-- bench: end of \1 -->/gs, '');
        expect(outside(filled)).to.equal(outside(guide));
    });
    it('have a place', () => {
        expect(() => fillScaling('# Scaling', {})).to.throw('no place for its figures');
    });
});
//# sourceMappingURL=scaling.test.js.map