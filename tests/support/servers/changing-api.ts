import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The client-side key of the one environment that it has. */
export const ENVIRONMENT = 'abcxyz';

/** As long as requests may wait for their turn. A real API fails about then, behind a proxy or for its workers. */
const QUEUE_MS = 9000;

type Values = Pick<ChangingApi, 'version' | 'greeting'>;
type Traits = Readonly<Record<string, unknown>>;

/**
 * A stand-in for the part of the Flagsmith API that evaluates flags, for an environment and for an identity with its
 * traits. The flag `version` counts the changes, and `greeting` depends on the trait `plan`.
 */
export class ChangingApi {
  readonly #server: Server;
  readonly #answerMs: number;
  #freeAtMs = 0;
  #held: (() => void)[] | undefined;
  /** What the flag `version` says. */
  version = 1;
  /** What the flag `greeting` begins with. */
  greeting = 'Hello';
  /** How many of the next requests are answered with 503. */
  failures = 0;
  /** How often flags were read. */
  reads = 0;

  private constructor(server: Server, answerMs: number) {
    this.#server = server;
    this.#answerMs = answerMs;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  /** @param perSecond how many requests it answers, one after the other; those that would wait for too long fail */
  static async start(perSecond = Infinity): Promise<ChangingApi> {
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(server, 'listening');
    return new ChangingApi(server, 1000 / perSecond);
  }

  /** As SDKs take it, with the slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/`;
  }

  /** Changes the flags, and gives the time of the change. */
  change(): string {
    this.version++;
    return new Date().toISOString();
  }

  /** From now on flags are read at once, and their answers wait until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const send of held) send();
  }

  async close(): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const { pathname } = new URL(request.url ?? '/', 'http://api');
    const answers = { 'GET /api/v1/flags/': environmentFlags, 'POST /api/v1/identities/': identityFlags };
    const evaluate = answers[`${request.method} ${pathname}` as keyof typeof answers];
    if (evaluate === undefined) return void send(response, 404, { detail: 'Not found.' });
    this.reads++;
    if (!(await this.#hasTurn())) return void send(response, 503, { detail: 'Too busy.' });
    if (this.failures > 0) {
      this.failures--;
      return void send(response, 503, { detail: 'Not now.' });
    }
    if (request.headers['x-environment-key'] !== ENVIRONMENT)
      return void send(response, 403, { detail: 'Invalid or missing Environment key' });
    const flags = evaluate(this, body);
    if (this.#held === undefined) send(response, 200, flags);
    else this.#held.push(() => send(response, 200, flags));
  }

  /** Whether there was room in the queue. One that has left meanwhile takes its time all the same. */
  async #hasTurn(): Promise<boolean> {
    const nowMs = performance.now();
    const turnMs = Math.max(nowMs, this.#freeAtMs) + this.#answerMs;
    if (turnMs - nowMs > QUEUE_MS) return false;
    this.#freeAtMs = turnMs;
    if (this.#answerMs > 0) await pause(turnMs - nowMs);
    return true;
  }
}

function environmentFlags(now: Values): unknown {
  return flagsOf(now, {});
}

function identityFlags(now: Values, body: string): unknown {
  const sent = JSON.parse(body) as { identifier?: string; traits?: { trait_key: string; trait_value: unknown }[] };
  const { identifier = '', traits = [] } = sent;
  const byKey = Object.fromEntries(traits.map(({ trait_key, trait_value }) => [trait_key, trait_value]));
  return { identifier, traits, flags: flagsOf(now, byKey) };
}

function flagsOf({ version, greeting }: Values, { plan = 'all' }: Traits): readonly unknown[] {
  const flag = (id: number, name: string, enabled: boolean, value: unknown): unknown => ({
    id,
    feature: { id, name, type: 'STANDARD' },
    enabled,
    feature_state_value: value,
  });
  return [
    flag(1, 'version', true, version),
    flag(2, 'greeting', true, `${greeting}, ${String(plan)}`),
    flag(3, 'dark_mode', true, null),
    flag(4, 'beta', false, ''),
    flag(5, 'discount', false, 15),
    flag(6, 'limits', true, '{"seats":3}'),
  ];
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
