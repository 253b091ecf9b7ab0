import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { NatsServer } from '../tests/support/servers/nats-server.ts';
import { TOKEN } from '../tests/support/servers/running-service.ts';
import { ServiceProcess } from '../tests/support/servers/service-process.ts';
import { wrk } from './wrk.ts';

/**
 * Acknowledged queue-changes per second: `node dist/bench/queue-change.js [--environments 1,1000] [--seconds 10]
 * [--connections 256] [--log nats]`. The load is wrk's, over kept-alive connections; on a small machine it shares the
 * cores with the service and with NATS, which stores on files.
 */
const { values } = parseArgs({
  options: {
    environments: { type: 'string', default: '1,1000' },
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '256' },
    log: { type: 'string', default: 'nats' },
  },
});

const script = (environments: number): string => `
local threads = 0
function setup(thread) threads = threads + 1; thread:set("id", threads) end
local count = 0
local headers = { Authorization = "Token ${TOKEN}", ["Content-Type"] = "application/json" }
function request()
  count = count + 1
  local path = "/sse/environments/bench" .. (count * 7 + id) % ${environments} .. "/queue-change"
  return wrk.format("POST", path, headers, string.format('{"updated_at":%d.%06d}', 1733480000 + math.floor(count / 1000), count % 1000))
end
function done(summary, latency)
  io.write(string.format('{"requests":%d,"us":%d,"refused":%d,"errors":%d,"p50us":%d,"p99us":%d}\\n', summary.requests,
    summary.duration, summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
`;

interface Result {
  readonly requests: number;
  readonly us: number;
  readonly refused: number;
  readonly errors: number;
  readonly p50us: number;
  readonly p99us: number;
}

const [binary, env] = await wrk();
const dir = await mkdtemp(join(tmpdir(), 'halyard-bench-'));
const server = values.log === 'nats' ? await NatsServer.start() : undefined;
const service = await ServiceProcess.start({
  UPDATE_LOG: values.log,
  LOG_LEVEL: 'info',
  ...(server === undefined ? {} : { NATS_URL: server.url }),
});
try {
  await service.logged('log_caught_up');
  const threads = String(Math.max(1, Math.floor(availableParallelism() / 2)));
  for (const environments of values.environments.split(',').map(Number)) {
    const lua = join(dir, `load-${environments}.lua`);
    await writeFile(lua, script(environments));
    const load = ['-t', threads, '-c', values.connections, '-d', values.seconds, '-s', lua, service.url('')];
    const { stdout } = await promisify(execFile)(binary, load, { env });
    const result = JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{')) ?? '{}') as Result;
    const perSecond = Math.round((result.requests - result.refused) / (result.us / 1e6));
    console.log(
      `${values.log}, ${environments} environment(s): ${perSecond} acknowledged/s, ` +
        `median ${(result.p50us / 1000).toFixed(1)} ms, p99 ${(result.p99us / 1000).toFixed(1)} ms, ` +
        `${result.refused} refused, ${result.errors} errors`,
    );
  }
} finally {
  await service.kill();
  await server?.close();
  await rm(dir, { recursive: true });
}
