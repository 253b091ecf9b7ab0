import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describeMachine } from "./machine.js";
import { compile } from "./native.js";
import { renderReport } from "./report.js";
import { fillScaling } from "./scaling.js";
import { burst } from "./scenarios/burst.js";
import { documented } from "./scenarios/documented.js";
import { environments } from "./scenarios/environments.js";
import { fanOut } from "./scenarios/fan-out.js";
import { following } from "./scenarios/following.js";
import { idle } from "./scenarios/idle.js";
import { mixed } from "./scenarios/mixed.js";
import { profile } from "./scenarios/profile.js";
import { propagation } from "./scenarios/propagation.js";
import { queueChange } from "./scenarios/queue-change.js";
import { reconnect } from "./scenarios/reconnect.js";
import { slowReaders } from "./scenarios/slow-readers.js";
import { throughput } from "./scenarios/throughput.js";
import { workers } from "./scenarios/workers.js";
const SCENARIOS = [
    fanOut,
    throughput,
    environments,
    idle,
    documented,
    queueChange,
    following,
    mixed,
    burst,
    reconnect,
    slowReaders,
    propagation,
    workers,
    profile,
];
const USAGE = `usage: npm run bench -- [--quick] [--no-report] [SCENARIO…]

Measures the service and its rivals side by side. With no scenario named it runs all of them and writes
docs/benchmarks.md, its plots and the figures in docs/scaling.md; with --quick it takes fewer rounds; with --no-report it prints the report only.

${SCENARIOS.map(({ name, title, onlyByName }) => `  ${name.padEnd(18)}${title}${onlyByName ? ' (only by name)' : ''}`).join('\n')}
`;
async function main(args) {
    const [isQuick, isPrinted] = [args.includes('--quick'), args.includes('--no-report')];
    const names = args.filter((word) => !['--quick', '--no-report'].includes(word));
    const unknown = names.filter((name) => SCENARIOS.every((scenario) => scenario.name !== name));
    if (unknown.length > 0) {
        process.stderr.write(`${unknown.join(', ')}: there is no such scenario\n\n${USAGE}`);
        return 2;
    }
    const chosen = SCENARIOS.filter(({ name, onlyByName }) => (names.length > 0 ? names.includes(name) : !onlyByName));
    const machine = await describeMachine();
    const load = await compile('load');
    if (load === undefined)
        throw new Error('the bench needs a C compiler for its load generator: install gcc, or name one in CC');
    const limit = await compile('limit');
    const outcomes = [];
    for (const [index, scenario] of chosen.entries()) {
        const beganMs = performance.now();
        const say = (what) => void process.stderr.write(`[${index + 1}/${chosen.length}] ${scenario.name}: ${what}\n`);
        try {
            const findings = await scenario.run({ limit, load, isQuick, say });
            outcomes.push({ scenario, findings, seconds: (performance.now() - beganMs) / 1000 });
        }
        catch (error) {
            // One scenario that fails must not lose the others' minutes; the report says what failed, and so does the exit code.
            say(`failed: ${error.message}`);
            outcomes.push({ scenario, failure: error.message, seconds: (performance.now() - beganMs) / 1000 });
        }
    }
    const report = renderReport(machine, outcomes, { isQuick, date: new Date() });
    if (names.length > 0 || isPrinted)
        process.stdout.write(report);
    else {
        await mkdir('docs/benchmarks', { recursive: true });
        await writeFile('docs/benchmarks.md', report);
        for (const { findings } of outcomes)
            for (const { file, svg } of findings?.plots ?? [])
                await writeFile(`docs/benchmarks/${file}.svg`, svg);
        const facts = Object.assign({}, ...outcomes.map(({ findings }) => findings?.facts));
        await writeFile('docs/scaling.md', fillScaling(await readFile('docs/scaling.md', 'utf8'), facts));
        process.stderr.write('wrote docs/benchmarks.md, and the figures in docs/scaling.md\n');
    }
    return outcomes.some(({ failure }) => failure !== undefined) ? 1 : 0;
}
try {
    process.exit(process.argv.includes('--help') ? (process.stdout.write(USAGE), 0) : await main(process.argv.slice(2)));
}
catch (error) {
    process.stderr.write(`bench: ${error.message}\n`);
    process.exit(1);
}
//# sourceMappingURL=main.js.map