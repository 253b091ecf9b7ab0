/** The cases of a suite by their titles, as a test runner is given them. */
export function casesOf(declare) {
    const cases = new Map();
    declare({ describe: (_title, suite) => suite(), it: (title, test) => void cases.set(title, test) });
    return cases;
}
/** Runs all cases side by side, and gives the titles of those that fail. */
export async function failuresOf(cases) {
    const outcomes = await Promise.all([...cases].map(([title, test]) => test().then(() => [], () => [title])));
    return outcomes.flat();
}
//# sourceMappingURL=collected-cases.js.map