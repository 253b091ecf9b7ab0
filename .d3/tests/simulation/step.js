/** How often each kind comes. The faults come last. */
const WEIGHTS = {
    turn: 30,
    tick: 14,
    publish: 22,
    subscribe: 14,
    leave: 4,
    stopReading: 6,
    readOn: 6,
    vanish: 2,
    race: 4,
    publishDirectly: 2,
    rest: 2,
    start: 4,
    outage: 2,
    outageOfAll: 1,
    restore: 4,
    rebuild: 2,
    loseDelivery: 2,
    repeatDeliveries: 2,
    replayOldEpoch: 1,
    holdDeliveries: 2,
    loseAnswer: 2,
    refuseAppends: 2,
    slowAppend: 2,
    crash: 1,
    drain: 1,
    rollBack: 0.4,
    makeAnew: 0.3,
};
export const FAULTS = new Set([
    'stopReading',
    'vanish',
    'outage',
    'outageOfAll',
    'rebuild',
    'loseDelivery',
    'repeatDeliveries',
    'replayOldEpoch',
    'holdDeliveries',
    'loseAnswer',
    'refuseAppends',
    'slowAppend',
    'crash',
    'drain',
    'rollBack',
    'makeAnew',
]);
const KINDS = Object.keys(WEIGHTS);
const TOTAL = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);
export function drawStep(random) {
    let left = random.next() * TOTAL;
    const kind = KINDS.find((candidate) => (left -= WEIGHTS[candidate]) < 0) ?? 'turn';
    return { kind, at: random.below(1000), environment: random.below(1000), amount: random.below(1000) };
}
export function describeStep({ kind, at, environment, amount }) {
    return `${kind} at=${at} environment=${environment} amount=${amount}`;
}
//# sourceMappingURL=step.js.map