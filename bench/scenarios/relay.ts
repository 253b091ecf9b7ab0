import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../tests/support/servers/free-port.ts';
import { sendJson, StubApi } from '../../tests/support/servers/stub-api.ts';
import { LOAD_CORE, SERVER_CORE } from '../machine.ts';
import { MeasuredProcess } from '../measured-process.ts';
import { type Bar, type Bench, digits, type Findings, median, withSubject } from '../scenario.ts';
import { wrk } from '../wrk.ts';

const PATH = '/api/v1/flags/';
const CONNECTIONS = 64;
/** The size of `/flags/` with 50 features. */
const BODY_BYTES = 15_000;
const BAR = 0.8;

interface Round {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p99Ms: number;
}

export const relay = {
  name: 'relay',
  title: 'Flags from memory',
  about:
    `\`GET ${PATH}\` of ${digits(BODY_BYTES / 1000, 0)} KB, requested with wrk by ${CONNECTIONS} connections ` +
    'that ask again as soon as they are answered. The relay asks a stand-in for the API every two seconds. ' +
    'Beside it is a server that does nothing but send a body on uWebSockets.js. Both in turn, several rounds; ' +
    'ratios are taken within a round.',
  async run(bench: Bench): Promise<Findings> {
    const rounds = bench.isQuick ? 2 : 5;
    const seconds = bench.isQuick ? 2 : 4;
    const body = JSON.stringify(Array.from({ length: 50 }, flag)).padEnd(BODY_BYTES);
    const api = await StubApi.start((_request, response) => sendJson(response, body));
    const port = await freePort();
    const program = fileURLToPath(new URL('../rivals/bare-uws.js', import.meta.url));
    const command = [process.execPath, program, String(port), String(BODY_BYTES)];
    const bare = MeasuredProcess.start('bare uWebSockets.js', command, { core: SERVER_CORE });
    const results: { readonly relay: Round; readonly bare: Round }[] = [];
    try {
      await bare.isUp(async () => (await fetch(`http://127.0.0.1:${port}${PATH}`)).ok);
      const env = { FLAGS_RELAY: 'on', FLAGSMITH_API_URL: api.url };
      await withSubject(bench, 'halyard', { env }, async (subject) => {
        await load(subject.port, 1, subject.process);
        await load(port, 1, bare);
        for (let round = 1; round <= rounds; round++) {
          bench.say(`round ${round} of ${rounds}`);
          results.push({
            bare: await load(port, seconds, bare),
            relay: await load(subject.port, seconds, subject.process),
          });
        }
      });
    } finally {
      await bare.kill();
      await api.close();
    }
    const ratio = median(results.map((round) => round.relay.perSecond / round.bare.perSecond));
    const rows = (['bare', 'relay'] as const).map((name) => [
      name === 'bare' ? 'bare uWebSockets.js' : 'Halyard, FLAGS_RELAY=on',
      `${digits(median(results.map((round) => round[name].perSecond)), 0)} /s`,
      `${digits(median(results.map((round) => round[name].cpuUs)), 1)} µs`,
      `${digits(median(results.map((round) => round[name].p99Ms)), 1)} ms`,
    ]);
    const bar: Bar = {
      figure: 'flags from memory, against a bare answer of that size',
      bar: `≥ ${digits(BAR, 2)} ×`,
      measured: `${digits(ratio, 2)} ×`,
      isMet: ratio >= BAR,
    };
    return { tables: [{ head: ['server', 'answers', 'CPU each', 'p99'], rows }], bars: [bar] };
  },
};

function flag(_: unknown, id: number): object {
  const feature = { id, name: `feature_${id}`, created_date: '2026-11-24T08:41:24.001578Z', type: 'STANDARD' };
  return { id, feature, feature_state_value: 'some value', environment: 3, identity: null, enabled: true };
}

/** @throws Error if an answer was not 200: figures of a broken run mislead */
async function load(port: number, seconds: number, server: MeasuredProcess): Promise<Round> {
  const [binary, env] = await wrk();
  const folder = await mkdtemp(join(tmpdir(), 'halyard-bench-'));
  try {
    const script = join(folder, 'load.lua');
    await writeFile(script, SCRIPT);
    const args = ['-t', '1', '-c', String(CONNECTIONS), '-d', String(seconds), '-s', script];
    const before = server.usage();
    const { stdout } = await promisify(execFile)(
      'taskset',
      ['-c', String(LOAD_CORE), binary, ...args, `http://127.0.0.1:${port}${PATH}`],
      { env },
    );
    const { cpuUs } = server.usage();
    const report = JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{')) ?? '{}') as Report;
    if (report.errors > 0 || report.bytes < report.requests * BODY_BYTES)
      throw new Error(`${report.errors} of ${report.requests} answers were not 200, or not whole`);
    return {
      perSecond: report.requests / (report.us / 1e6),
      cpuUs: (cpuUs - before.cpuUs) / report.requests,
      p99Ms: report.p99us / 1000,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Report {
  readonly requests: number;
  readonly us: number;
  readonly bytes: number;
  readonly errors: number;
  readonly p99us: number;
}

const SCRIPT = `
wrk.headers["X-Environment-Key"] = "bench"
wrk.headers["Accept"] = "*/*"
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"us":%d,"bytes":%d,"errors":%d,"p99us":%d}\\n', summary.requests, summary.duration,
    summary.bytes, errors.status + errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99)))
end
`;
