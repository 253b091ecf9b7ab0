import { SystemClock } from '../../adapters/system/system-clock.ts';
import { type Config, readConfig, VARIABLES } from '../config.ts';
import { TOKENS } from '../container.ts';
import { fileVariable } from '../secret-files.ts';
import { assertOneOf } from './assert-one-of.ts';
import { embedService } from './embedded-service.ts';
import { LiveStepClock } from './live-step-clock.ts';
import type { RunningHalyard, SteppedHalyard } from './running-halyard.ts';
import { StartedHalyard } from './started-halyard.ts';

export interface HalyardOptions {
  /** Where to listen: an address of this machine, `127.0.0.1` by default. */
  readonly host?: string;
  /** A free one by default. */
  readonly port?: number;
  /** What serves HTTP: `uws` by default, or `node` if that addon does not load. */
  readonly transport?: 'uws' | 'node';
  /**
   * Variables of the service that differ from its defaults, as strings: `{ KEEP_ALIVE_SECONDS: '1' }`. The
   * environment of the process is ignored. By default nothing is logged, and a stop ends streams at once.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * `system`, the default: time passes by itself. `stepped`: the time of the service stands still until `advance`.
   * Then everything that waits for a time waits for `advance`: keep-alives, the ages of streams, deadlines of changes,
   * ends of outages. Nothing else waits: sockets are real, and requests are answered and updates delivered at once.
   */
  readonly clock?: 'system' | 'stepped';
}

const TOKEN = 'test-token';

/** Variables that the caller cannot set, and why. */
const SET_HERE: ReadonlyMap<string, string> = new Map([
  ['LISTEN_ADDR', 'the options `host` and `port` say where it listens'],
  ['HTTP1_TRANSPORT', 'the option `transport` says what serves HTTP'],
  ['UPDATE_LOG', 'it runs on the embedded log'],
  ['WORKERS', 'it runs in this process'],
]);

/** Addresses that mean all addresses of the machine cannot be connected to. */
const EVERY_ADDRESS: readonly string[] = ['', '0.0.0.0', '::'];

/**
 * Starts a whole service in this process: real HTTP on a free port, and the embedded log. When it resolves, the
 * service is ready for clients, well within a second. Several can run side by side, each with its own log.
 *
 * ```ts
 * import { startHalyard } from 'halyard/testing';
 *
 * const halyard = await startHalyard({ environment: { KEEP_ALIVE_SECONDS: '1' } });
 * const client = new EventSource(`${halyard.url}/sse/environments/abc/stream`);
 * // … when it is connected:
 * await halyard.publish('abc', 1733480514.079725);
 * // … the client receives it. At the end:
 * await halyard.stop();
 * ```
 *
 * With a stepped clock hours pass in milliseconds, and nothing falls due before `advance` reaches it:
 *
 * ```ts
 * const halyard = await startHalyard({ clock: 'stepped' });
 * await halyard.outage({ kind: 'hang' });
 * const outcome = halyard.publish('abc', 1);
 * await halyard.advance(1500); // the default of APPEND_DEADLINE_MS
 * assert.equal(await outcome, 'unavailable');
 * ```
 *
 * @throws Error with the mistake in the options, or the reason why the service cannot start
 */
export function startHalyard(options: HalyardOptions & { readonly clock: 'stepped' }): Promise<SteppedHalyard>;
export function startHalyard(options?: HalyardOptions): Promise<RunningHalyard>;
export async function startHalyard(options: HalyardOptions = {}): Promise<RunningHalyard> {
  const { host = '127.0.0.1', clock: time = 'system' } = options;
  assertOneOf('clock', time, ['system', 'stepped']);
  const config = configOf(options, host);
  const stepped = time === 'stepped' ? new LiveStepClock(Date.now()) : undefined;
  const clock = stepped ?? new SystemClock();
  const { container, log } = embedService(config, clock);
  const service = container.get(TOKENS.service);
  await service.start();
  const reached = EVERY_ADDRESS.includes(host) ? '127.0.0.1' : host;
  const halyard = new StartedHalyard(`http://${bracketed(reached)}:${service.ports[0]}`, config.tokens[0] ?? TOKEN, {
    service,
    log,
    clock,
    stepped,
    hubs: container.get(TOKENS.hubs),
    changes: container.get(TOKENS.changes),
    health: container.get(TOKENS.health),
  });
  await halyard.untilReady();
  return halyard;
}

function configOf({ environment = {}, transport = 'uws', port = 0 }: HalyardOptions, host: string): Config {
  const known = VARIABLES.flatMap(({ name, secret = false }) => (secret ? [name, fileVariable(name)] : name));
  for (const [name, value] of Object.entries<unknown>(environment)) {
    const why = SET_HERE.get(name);
    if (why !== undefined) throw new Error(`${name} cannot be set in a test: ${why}`);
    if (!known.includes(name)) throw new Error(`the service has no variable ${name}; it has ${known.join(', ')}`);
    if (typeof value !== 'string')
      throw new Error(`${name} must be a string, as in an environment, not ${String(value)}`);
  }
  return readConfig({
    LOG_LEVEL: 'silent',
    DRAIN_SECONDS: '0',
    ...('SSE_AUTHENTICATION_TOKEN_FILE' in environment ? {} : { SSE_AUTHENTICATION_TOKEN: TOKEN }),
    ...environment,
    LISTEN_ADDR: `${bracketed(host)}:${port}`,
    HTTP1_TRANSPORT: transport,
    UPDATE_LOG: 'memory',
  });
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
