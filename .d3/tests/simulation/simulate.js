import { createHash } from 'node:crypto';
import { Random } from "./random.js";
import { describeStep, drawStep, FAULTS } from "./step.js";
import { Violation } from "./violation.js";
import { World } from "./world.js";
/** A run that failed: how to see it again, and the shortest way there. */
export class SimulationFailure extends Error {
    rule;
    trace;
    constructor(options, episode, violation, trace, story) {
        const faults = [...new Set(trace.map(({ kind }) => kind).filter((kind) => FAULTS.has(kind)))];
        super([
            violation.message,
            `seed ${options.seed}, episode ${episode} (npm run simulate -- --seed ${options.seed} --steps ${options.steps})`,
            `faults: ${faults.length === 0 ? 'none' : faults.join(', ')}`,
            `the shortest trace, ${trace.length} steps:`,
            ...story,
        ].join('\n'));
        this.rule = violation.rule;
        this.trace = trace;
    }
}
/** Short worlds make short traces, long ones let state pile up. */
const EPISODE_STEPS = [60, 200, 500];
const MAX_SHRINKING_RUNS = 3000;
/**
 * Runs worlds one after the other, each from a seed of its own, until as many steps are done.
 *
 * @returns a digest of everything that could be observed: the same for the same seed
 * @throws SimulationFailure
 */
export async function simulate(options) {
    const digest = createHash('sha256');
    const random = new Random(options.seed);
    for (let [done, episode] = [0, 1]; done < options.steps; episode++) {
        const seed = random.below(2 ** 32);
        const length = Math.min(random.pick(EPISODE_STEPS), options.steps - done);
        const steps = Array.from({ length }, () => drawStep(random));
        const outcome = await runWorld(seed, steps);
        if (outcome instanceof Violation) {
            const trace = options.shrink === false ? steps : await shortest(seed, steps, outcome);
            const story = [];
            const again = await runWorld(seed, trace, (line) => story.push(line));
            throw new SimulationFailure(options, episode, again instanceof Violation ? again : outcome, trace, story);
        }
        digest.update(outcome);
        done += length;
        options.onProgress?.(done);
    }
    return digest.digest('hex').slice(0, 32);
}
async function runWorld(seed, steps, tell = () => undefined) {
    try {
        const world = new World(seed, (line) => tell(`       ${line}`));
        for (const [position, step] of steps.entries()) {
            tell(`  ${position + 1}. ${describeStep(step)}`);
            await world.perform(step);
        }
        tell('  at the end everybody rests, and every instance drains');
        await world.end();
        return world.digest();
    }
    catch (error) {
        if (error instanceof Violation)
            return error;
        return new Violation('nothing throws', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
}
/** Leaves out ever smaller pieces, as long as the same rule is still broken. */
async function shortest(seed, steps, violation) {
    let trace = steps;
    let runs = 0;
    for (let piece = Math.ceil(trace.length / 2);; piece = Math.ceil(piece / 2)) {
        for (let from = 0; from < trace.length && runs < MAX_SHRINKING_RUNS;) {
            const without = [...trace.slice(0, from), ...trace.slice(from + piece)];
            const outcome = await runWorld(seed, without);
            runs++;
            if (outcome instanceof Violation && outcome.rule === violation.rule)
                trace = without;
            else
                from += piece;
        }
        if (piece <= 1 || runs >= MAX_SHRINKING_RUNS)
            return trace;
    }
}
//# sourceMappingURL=simulate.js.map