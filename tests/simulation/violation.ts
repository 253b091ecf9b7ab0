/** A promise of the service that the simulated world has seen broken. */
export class Violation extends Error {
  readonly rule: string;

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`);
    this.rule = rule;
  }
}

/** @throws Violation when the rule does not hold */
export function must(holds: boolean, rule: string, detail: () => string = () => ''): asserts holds {
  if (!holds) throw new Violation(rule, detail());
}
