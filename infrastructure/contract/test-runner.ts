/**
 * What a contract suite needs from a test runner. mocha, node:test, vitest and jest have both functions under these
 * names. A case may take as long as its world's patience, so a runner whose own limit is shorter needs a longer one.
 */
export interface TestRunner {
  /** Runs `suite` at once, which declares the cases. */
  readonly describe: (title: string, suite: () => void) => unknown;
  /** Runs `test` later. It fails if its promise rejects. */
  readonly it: (title: string, test: () => Promise<void>) => unknown;
}
