/** A promise of the service that the simulated world has seen broken. */
export class Violation extends Error {
    rule;
    constructor(rule, detail) {
        super(`${rule}: ${detail}`);
        this.rule = rule;
    }
}
/** @throws Violation when the rule does not hold */
export function must(holds, rule, detail = () => '') {
    if (!holds)
        throw new Violation(rule, detail());
}
//# sourceMappingURL=violation.js.map