import type { Container } from 'inversify';
import { readConfig } from '../../../infrastructure/config.ts';
import { composeService, TOKENS } from '../../../infrastructure/container.ts';
import { TlsTunnel } from './tls-tunnel.ts';

export const TOKEN = 'test-token';

/** A whole service in this process: real sockets on a free port, and by default the in-memory log. */
export interface RunningService {
  /** Of the first listener; with `TLS_LISTEN_ADDR` of that one, through a tunnel for clients that do not speak TLS. */
  readonly port: number;
  /** The service's own. */
  readonly ports: readonly number[];
  readonly container: Container;
  /** How many streams are open. */
  readonly subscribers: number;
  readonly url: (path: string) => string;
  /** POSTs a queue-change with the body as JSON. */
  readonly publish: (environment: string, updatedAt: unknown) => Promise<Response>;
  stop(): Promise<void>;
}

/**
 * @param environment variables that differ from a quiet default
 * @param rebind replaces adapters before anything is made
 */
export async function startService(
  environment: Record<string, string> = {},
  rebind: (container: Container) => void | Promise<void> = () => undefined,
): Promise<RunningService> {
  const variables = {
    LISTEN_ADDR: '127.0.0.1:0',
    UPDATE_LOG: 'memory',
    SSE_AUTHENTICATION_TOKEN: TOKEN,
    LOG_LEVEL: 'silent',
    DRAIN_SECONDS: '0',
    ...environment,
  };
  const config = readConfig(variables, 20_000);
  const container = composeService(config);
  await rebind(container);
  const service = container.get(TOKENS.service);
  await service.start();
  const { ports } = service;
  const tunnel = await TlsTunnel.openFor(variables, ports);
  const port = tunnel?.port ?? ports[0] ?? 0;
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  return {
    port,
    ports,
    container,
    get subscribers() {
      return container.get(TOKENS.hubs).subscribers;
    },
    url,
    publish: (key, updatedAt) =>
      fetch(url(`/sse/environments/${key}/queue-change`), {
        method: 'POST',
        headers: { Authorization: `Token ${TOKEN}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ updated_at: updatedAt }),
      }),
    stop: async () => {
      await service.stop();
      tunnel?.close();
    },
  };
}

/** A change as bytes, for clients that write HTTP/1.1 themselves. */
export function changeRequest(environment: string, updatedAt: number): string {
  const body = `{"updated_at":${updatedAt}}`;
  return (
    `POST /sse/environments/${environment}/queue-change HTTP/1.1\r\nHost: h\r\nAuthorization: Token ${TOKEN}\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}
