import { Load } from "./load.js";
import { startSubject } from "./subject.js";
/** Runs a command of the load with the server's and the generator's processor time beside it. */
export async function measured(subject, task) {
    const before = subject.process.usage();
    const report = await task();
    const after = subject.process.usage();
    const serverUs = after.cpuUs - before.cpuUs;
    return {
        report,
        serverUs,
        serverShare: serverUs / (after.atUs - before.atUs),
        loadShare: report.cpuUs / report.us,
    };
}
/** @throws Error when streams did not open or were lost: figures of a broken run mislead */
export function expectWhole(what, report) {
    const { outcome, failed, behind, closedByPeer, postErrors } = report;
    if (outcome === 'done' && failed === 0 && behind === 0 && closedByPeer === 0 && postErrors === 0)
        return report;
    const { streams, opened, events, posts } = report;
    throw new Error(`${what}: ${JSON.stringify({ outcome, streams, opened, failed, behind, closedByPeer, events, posts, postErrors })}`);
}
/** Runs a task against a server of its own, and lets go of it. */
export async function withSubject(bench, name, options, task) {
    const subject = await startSubject(name, { limit: bench.limit, ...options });
    try {
        return await task(subject);
    }
    finally {
        await subject.stop();
    }
}
/** Runs a task with a load generator of its own. */
export async function withLoad(bench, target, task) {
    const load = await Load.start(bench.load, target);
    try {
        return await task(load);
    }
    finally {
        await load.end();
    }
}
export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    if (sorted.length % 2 === 1)
        return sorted[Math.floor(middle)];
    return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export function digits(value, places = 1) {
    return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}
export function atMost(figure, value, bar, unit) {
    const places = bar > 0 && bar < 10 ? 2 : 0;
    const [limit, measured] = [`≤ ${digits(bar, places)} ${unit}`, `${digits(value, places)} ${unit}`];
    return { figure, bar: limit, measured, isMet: value <= bar };
}
export function atLeast(figure, value, bar, unit) {
    return { figure, bar: `≥ ${digits(bar, 0)} ${unit}`, measured: `${digits(value, 0)} ${unit}`, isMet: value >= bar };
}
export function percent(share) {
    return `${digits(share * 100, share < 0.1 ? 1 : 0)} %`;
}
//# sourceMappingURL=scenario.js.map