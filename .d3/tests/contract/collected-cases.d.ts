import type { TestRunner } from '../../infrastructure/contract/test-runner.ts';
/** The cases of a suite by their titles, as a test runner is given them. */
export declare function casesOf(declare: (runner: TestRunner) => void): ReadonlyMap<string, () => Promise<void>>;
/** Runs all cases side by side, and gives the titles of those that fail. */
export declare function failuresOf(cases: ReadonlyMap<string, () => Promise<void>>): Promise<readonly string[]>;
