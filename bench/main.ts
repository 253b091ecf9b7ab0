import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describeMachine } from './machine.ts';
import { compile } from './native.ts';
import { renderReport, type Outcome } from './report.ts';
import { fillScaling } from './scaling.ts';
import type { ScalingFacts, Scenario } from './scenario.ts';
import { burst } from './scenarios/burst.ts';
import { openConsole } from './scenarios/console.ts';
import { documented } from './scenarios/documented.ts';
import { environments } from './scenarios/environments.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { following } from './scenarios/following.ts';
import { idle } from './scenarios/idle.ts';
import { mixed } from './scenarios/mixed.ts';
import { ofrep } from './scenarios/ofrep.ts';
import { ofrepPage } from './scenarios/ofrep-page.ts';
import { postgres } from './scenarios/postgres.ts';
import { profile } from './scenarios/profile.ts';
import { propagation } from './scenarios/propagation.ts';
import { queueChange } from './scenarios/queue-change.ts';
import { reconnect } from './scenarios/reconnect.ts';
import { refetch } from './scenarios/refetch.ts';
import { relay } from './scenarios/relay.ts';
import { slowReaders } from './scenarios/slow-readers.ts';
import { tls } from './scenarios/tls.ts';
import { throughput } from './scenarios/throughput.ts';
import { workers } from './scenarios/workers.ts';

const SCENARIOS: readonly Scenario[] = [
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
  refetch,
  slowReaders,
  propagation,
  postgres,
  relay,
  ofrep,
  ofrepPage,
  openConsole,
  workers,
  tls,
  profile,
];

const USAGE = `usage: npm run bench -- [--quick] [--no-report] [SCENARIO…]

Measures the service and its rivals side by side. With no scenario named it runs all of them and writes
docs/benchmarks.md, its plots and the figures in docs/scaling.md; with --quick it takes fewer rounds; with --no-report it prints the report only.

${SCENARIOS.map(({ name, title, onlyByName }) => `  ${name.padEnd(18)}${title}${onlyByName ? ' (only by name)' : ''}`).join('\n')}
`;

async function main(args: readonly string[]): Promise<number> {
  const [isQuick, isPrinted] = [args.includes('--quick'), args.includes('--no-report')];
  const names = args.filter((word) => !['--quick', '--no-report'].includes(word));
  const unknown = names.filter((name) => SCENARIOS.every((scenario) => scenario.name !== name));
  if (unknown.length > 0) {
    process.stderr.write(`unknown scenario: ${unknown.join(', ')}\n\n${USAGE}`);
    return 2;
  }
  const chosen = SCENARIOS.filter(({ name, onlyByName }) => (names.length > 0 ? names.includes(name) : !onlyByName));
  const machine = await describeMachine();
  const load = await compile('load');
  if (load === undefined)
    throw new Error('the bench needs a C compiler for its load generator: install gcc, or name one in CC');
  const limit = await compile('limit');
  const outcomes: Outcome[] = [];
  for (const [index, scenario] of chosen.entries()) {
    const beganMs = performance.now();
    const say = (what: string): void =>
      void process.stderr.write(`[${index + 1}/${chosen.length}] ${scenario.name}: ${what}\n`);
    try {
      const findings = await scenario.run({ limit, load, isQuick, say });
      outcomes.push({ scenario, findings, seconds: (performance.now() - beganMs) / 1000 });
    } catch (error) {
      // One scenario that fails must not waste the others' minutes. The report names it, and the exit code shows it.
      say(`failed: ${(error as Error).message}`);
      outcomes.push({ scenario, failure: (error as Error).message, seconds: (performance.now() - beganMs) / 1000 });
    }
  }
  const report = renderReport(machine, outcomes, { isQuick, date: new Date() });
  if (names.length > 0 || isPrinted) process.stdout.write(report);
  else {
    await mkdir('docs/benchmarks', { recursive: true });
    await writeFile('docs/benchmarks.md', report);
    for (const { findings } of outcomes)
      for (const { file, svg } of findings?.plots ?? []) await writeFile(`docs/benchmarks/${file}.svg`, svg);
    const facts = Object.assign({}, ...outcomes.map(({ findings }) => findings?.facts)) as Partial<ScalingFacts>;
    await writeFile('docs/scaling.md', fillScaling(await readFile('docs/scaling.md', 'utf8'), facts));
    process.stderr.write('wrote docs/benchmarks.md, and the figures in docs/scaling.md\n');
  }
  return outcomes.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

try {
  process.exit(process.argv.includes('--help') ? (process.stdout.write(USAGE), 0) : await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exit(1);
}
