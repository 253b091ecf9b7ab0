import type { TestRunner } from '../../infrastructure/contract/test-runner.ts';

/** The cases of a suite by their titles, as a test runner is given them. */
export function casesOf(declare: (runner: TestRunner) => void): ReadonlyMap<string, () => Promise<void>> {
  const cases = new Map<string, () => Promise<void>>();
  declare({ describe: (_title, suite) => suite(), it: (title, test) => void cases.set(title, test) });
  return cases;
}

/** Runs all cases side by side, and gives the titles of those that fail. */
export async function failuresOf(cases: ReadonlyMap<string, () => Promise<void>>): Promise<readonly string[]> {
  const outcomes = await Promise.all(
    [...cases].map(([title, test]) =>
      test().then(
        () => [],
        () => [title],
      ),
    ),
  );
  return outcomes.flat();
}
