import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to the stand-in, whole. */
export interface Evaluating {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A flag as the Flagsmith API writes it; fields that nothing reads are omitted. */
export interface StandInFlag {
  readonly name: string;
  readonly value?: unknown;
  readonly enabled?: boolean;
  /** Only of `identities/`. */
  readonly variant?: string | null;
}

type Behaviour = (asked: Evaluating, response: ServerResponse) => void;

/** A Flagsmith API that evaluates as the test says, and refuses unknown keys with 403. */
export class EvaluatingApi {
  readonly #server: Server;
  readonly asked: Evaluating[] = [];
  flags: readonly StandInFlag[] = [{ name: 'f1', value: 'blue', enabled: true }];
  /** Replaces an answer with the flags. */
  behaviour: Behaviour | undefined;
  readonly #wrongKeys: readonly string[];

  private constructor(server: Server, wrongKeys: readonly string[]) {
    this.#server = server;
    this.#wrongKeys = wrongKeys;
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const asked = {
          method: request.method ?? '',
          path: request.url ?? '',
          key: String(request.headers['x-environment-key']),
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        };
        this.asked.push(asked);
        (this.behaviour ?? this.evaluate)(asked, response);
      });
    });
  }

  static async start(server: Server = createServer(), wrongKeys = ['wrong']): Promise<EvaluatingApi> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EvaluatingApi(server, wrongKeys);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/api/v1/`;
  }

  /** The last request for an identity. */
  get lastIdentity(): unknown {
    return JSON.parse(this.asked.at(-1)?.body ?? '') as unknown;
  }

  readonly evaluate: Behaviour = ({ path, key, body }, response) => {
    if (this.#wrongKeys.includes(key)) return json(response, { detail: 'Invalid or missing Environment Key' }, 403);
    const isIdentity = path === '/api/v1/identities/';
    const flags = this.flags.map((flag, at) => standIn(flag, at + 1, isIdentity));
    if (!isIdentity) return json(response, flags);
    const { identifier } = JSON.parse(body) as { identifier: string };
    json(response, { identifier, traits: [], flags });
  };

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function standIn(
  { name, value = null, enabled = true, variant = null }: StandInFlag,
  id: number,
  isIdentity: boolean,
): object {
  return {
    id: 100 + id,
    feature: { id, name, type: 'STANDARD' },
    feature_state_value: value,
    environment: 3,
    identity: null,
    feature_segment: null,
    enabled,
    ...(isIdentity ? { variant } : {}),
  };
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
