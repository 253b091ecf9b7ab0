import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withJetStream } from '../jetstream.ts';
import { Load } from '../load.ts';
import { type Bench, digits, type Findings, pause, type Table } from '../scenario.ts';
import { startSubject } from '../subject.ts';

/** The part of the output of `node --cpu-prof` that is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const ROWS = 25;

/** The paths of the service, each under its own load. */
const PATHS: readonly {
  readonly name: string;
  readonly onJetStream?: boolean;
  readonly environments?: number;
  readonly before?: (load: Load) => Promise<unknown>;
  readonly task: (load: Load) => Promise<unknown>;
}[] = [
  {
    name: 'fan-out: 15,000 subscribers, 30 updates',
    before: (load) => load.open({ n: 15_000 }),
    task: (load) => load.run({ updates: 30 }),
  },
  { name: 'connect: 15,000 streams', task: (load) => load.open({ n: 15_000 }) },
  {
    name: 'keep-alive: 15,000 idle streams for 16 s',
    before: (load) => load.open({ n: 15_000 }),
    task: () => pause(16_000),
  },
  {
    name: 'queue-change: 1,000 environments, in-memory log',
    environments: 1000,
    task: (load) => load.run({ flood: 64, flood_envs: 1000, flood_ms: 4000 }),
  },
  {
    name: 'queue-change and tail: 1,000 environments, JetStream',
    environments: 1000,
    onJetStream: true,
    task: (load) => load.run({ flood: 256, flood_envs: 1000, flood_ms: 4000 }),
  },
];

export const profile = {
  name: 'profile',
  title: 'Where the time goes',
  about:
    "The service under Node's own sampling profiler, path by path: the functions in which most samples were taken, without what they call. " +
    'Idle time is left out, and so is the start: a path is measured from its first to its last request only as far as other work is small beside it.',
  onlyByName: true,
  async run(bench: Bench): Promise<Findings> {
    const tables: Table[] = [];
    for (const path of PATHS) {
      bench.say(path.name);
      const profileOf = (env: Readonly<Record<string, string>>): Promise<Table> => measure(bench, path, env);
      tables.push(path.onJetStream ? await withJetStream(({ env }) => profileOf(env)) : await profileOf({}));
    }
    return { tables, bars: [] };
  },
};

async function measure(
  bench: Bench,
  path: (typeof PATHS)[number],
  env: Readonly<Record<string, string>>,
): Promise<Table> {
  const dir = await mkdtemp(join(tmpdir(), 'halyard-profile-'));
  const subject = await startSubject('halyard', {
    limit: undefined,
    env,
    execArgv: ['--cpu-prof', `--cpu-prof-dir=${dir}`, '--cpu-prof-interval=200'],
  });
  const environments = path.environments === undefined ? 1 : path.environments + 1;
  const load = await Load.start(bench.load, { port: subject.port, name: 'env', environments });
  try {
    await path.before?.(load);
    await path.task(load);
    subject.process.signal('SIGTERM');
    while (!subject.process.hasEnded) await pause(20);
    const [file] = await readdir(dir);
    return top(path.name, JSON.parse(await readFile(join(dir, file ?? ''), 'utf8')) as CpuProfile);
  } finally {
    await load.end();
    await subject.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function top(name: string, { nodes, samples, timeDeltas }: CpuProfile): Table {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const selfUs = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const file = frame.url.replace(/^.*\/(dist|node_modules)\//, '').replace(/^file:\/\//, '');
    const key = `${frame.functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${frame.lineNumber + 1}`}`;
    selfUs.set(key, (selfUs.get(key) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const total = [...selfUs.values()].reduce((sum, us) => sum + us, 0);
  const rows = [...selfUs].sort(([, a], [, b]) => b - a).slice(0, ROWS);
  return {
    head: [name, 'share'],
    rows: rows.map(([key, us]) => [`\`${key.replaceAll('|', '\\|')}\``, `${digits((us / total) * 100, 1)} %`]),
  };
}
