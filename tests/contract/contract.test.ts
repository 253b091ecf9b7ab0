import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { subscriberSocketContract } from '../../infrastructure/contract/subscriber-socket-contract.ts';
import type { TestRunner } from '../../infrastructure/contract/test-runner.ts';
import { updateLogContract } from '../../infrastructure/contract/update-log-contract.ts';
import { casesOf, failuresOf } from './collected-cases.ts';
import { FAULTY_LOGS } from './faulty-logs.ts';
import { FAULTY_SOCKETS } from './faulty-sockets.ts';
import { memoryLogWorld } from './memory-log-world.ts';
import { memorySocketWorld } from './memory-socket-world.ts';

/** How long the suites wait for something that never comes. All faults run in parallel, so the whole takes about this long. */
const PATIENCE_MS = 10_000;

interface Contract {
  readonly name: string;
  readonly declare: (runner: TestRunner) => void;
  /** By the case that it must fail: the suite on an adapter that is wrong in one thing. */
  readonly faulty: Readonly<Record<string, (runner: TestRunner) => void>>;
}

const CONTRACTS: readonly Contract[] = [
  {
    name: 'The contract of an update log',
    declare: (runner) => updateLogContract(runner, memoryLogWorld),
    faulty: mapped(
      FAULTY_LOGS,
      (parts) => (runner) => updateLogContract(runner, () => memoryLogWorld({ ...parts, patienceMs: PATIENCE_MS })),
    ),
  },
  {
    name: "The contract of a subscriber's socket",
    declare: (runner) => subscriberSocketContract(runner, memorySocketWorld),
    faulty: mapped(
      FAULTY_SOCKETS,
      (parts) => (runner) =>
        subscriberSocketContract(runner, () => memorySocketWorld({ ...parts(), patienceMs: PATIENCE_MS })),
    ),
  },
];

for (const { name, declare, faulty } of CONTRACTS)
  describe(name, () => {
    let failures: ReadonlyMap<string, readonly string[]>;

    before(async () => {
      failures = new Map(
        await Promise.all(
          Object.entries(faulty).map(async ([title, each]) => [title, await failuresOf(casesOf(each))] as const),
        ),
      );
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
  function run(faultyLog = ''): Promise<{ code: unknown; passed: number; failed: readonly string[] }> {
    const file = fileURLToPath(new URL('./node-test.process.js', import.meta.url));
    const options = { env: { PATH: process.env['PATH'], FAULTY_LOG: faultyLog } };
    return new Promise((resolve) => {
      execFile(process.execPath, ['--test-reporter=tap', file], options, (error, out) =>
        resolve({
          code: error?.code ?? 0,
          passed: Number(/^# pass (\d+)$/m.exec(out)?.[1]),
          failed: [...out.matchAll(/^ {4}not ok \d+ - (.*)$/gm)].map(([, title = '']) => title),
        }),
      );
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

function mapped<From, To>(record: Readonly<Record<string, From>>, change: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
