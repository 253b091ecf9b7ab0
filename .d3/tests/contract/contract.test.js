import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { subscriberSocketContract } from "../../infrastructure/contract/subscriber-socket-contract.js";
import { updateLogContract } from "../../infrastructure/contract/update-log-contract.js";
import { casesOf, failuresOf } from "./collected-cases.js";
import { FAULTY_LOGS } from "./faulty-logs.js";
import { FAULTY_SOCKETS } from "./faulty-sockets.js";
import { memoryLogWorld } from "./memory-log-world.js";
import { memorySocketWorld } from "./memory-socket-world.js";
/** What never comes is waited for so long. All faults are tried side by side, so this is about what they all take. */
const PATIENCE_MS = 10_000;
const CONTRACTS = [
    {
        name: 'The contract of an update log',
        declare: (runner) => updateLogContract(runner, memoryLogWorld),
        faulty: mapped(FAULTY_LOGS, (parts) => (runner) => updateLogContract(runner, () => memoryLogWorld({ ...parts, patienceMs: PATIENCE_MS }))),
    },
    {
        name: "The contract of a subscriber's socket",
        declare: (runner) => subscriberSocketContract(runner, memorySocketWorld),
        faulty: mapped(FAULTY_SOCKETS, (parts) => (runner) => subscriberSocketContract(runner, () => memorySocketWorld({ ...parts(), patienceMs: PATIENCE_MS }))),
    },
];
for (const { name, declare, faulty } of CONTRACTS)
    describe(name, () => {
        let failures;
        before(async () => {
            failures = new Map(await Promise.all(Object.entries(faulty).map(async ([title, each]) => [title, await failuresOf(casesOf(each))])));
        });
        it('has a faulty adapter for each of its cases', () => {
            expect(Object.keys(faulty)).to.deep.equal([...casesOf(declare).keys()]);
        });
        for (const title of Object.keys(faulty))
            it(`fails just this case on an adapter that breaks it: ${title}`, () => {
                expect(failures.get(title)).to.deep.equal([title]);
            });
    });
describe('The contracts under node:test', () => {
    /** Its exit code, how many tests passed, and the titles of those that did not. */
    function run(faultyLog = '') {
        const file = fileURLToPath(new URL('./node-test.process.js', import.meta.url));
        const options = { env: { PATH: process.env['PATH'], FAULTY_LOG: faultyLog } };
        return new Promise((resolve) => {
            execFile(process.execPath, ['--test-reporter=tap', file], options, (error, out) => resolve({
                code: error?.code ?? 0,
                passed: Number(/^# pass (\d+)$/m.exec(out)?.[1]),
                failed: [...out.matchAll(/^ {4}not ok \d+ - (.*)$/gm)].map(([, title = '']) => title),
            }));
        });
    }
    it('pass on the memory adapters', async () => {
        const cases = CONTRACTS.reduce((sum, { declare }) => sum + casesOf(declare).size, 0);
        expect(await run()).to.deep.equal({ code: 0, passed: cases, failed: [] });
    });
    it('fail on a faulty one', async () => {
        const [broken = ''] = Object.keys(FAULTY_LOGS);
        const others = Object.keys(FAULTY_LOGS).length - 1;
        expect(await run(broken)).to.deep.equal({ code: 1, passed: others, failed: [broken] });
    });
});
function mapped(record, change) {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
//# sourceMappingURL=contract.test.js.map