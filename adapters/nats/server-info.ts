import { lookup } from 'node:dns/promises';
import { createConnection } from 'node:net';
import type { Clock } from '../../application/ports/clock.ts';
import { parseServer } from './nats-url.ts';
import { fieldsOf } from '../common/untrusted.ts';

/** One address of a server that answers, and the content of its INFO line, which NATS sends first. */
export interface ServerInfo {
  /** `host:port` with a literal address: what the client dials. */
  readonly listen: string;
  /** The name in the URL (or its literal address), which the server's certificate must contain. */
  readonly host: string;
  readonly tlsRequired: boolean;
  /** Other nodes of the cluster, as `host:port`. */
  readonly others: readonly string[];
}

export interface SearchOptions {
  /** For each address. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A server's INFO line is a few hundred bytes; a list of a thousand nodes would still fit. */
const MAX_INFO_BYTES = 64 * 1024;

/**
 * Finds a server that answers, before the client dials it. The client gives up on a silent server after its timeout but
 * keeps the socket: a hung NATS would cost a file descriptor with every attempt. It also checks the certificate of a
 * literal address against `localhost`, and must know beforehand that a server requires TLS.
 *
 * @param servers `host:port` each, in the order in which they are tried
 * @throws the last server's reason, which names at most host and port
 */
export async function findServer(servers: readonly string[], options: SearchOptions): Promise<ServerInfo> {
  let reason: unknown = new Error('there is no server to dial');
  for (const server of servers) {
    const colon = server.lastIndexOf(':');
    const [host, port] = [server.slice(0, colon).replace(/^\[|\]$/g, ''), Number(server.slice(colon + 1))];
    try {
      // A name may resolve to all nodes of a cluster, and some may be down.
      for (const { address } of shuffled(await lookup(host, { all: true }), options.random)) {
        try {
          const info = await readInfo(address, port, options);
          const listen = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
          return { listen, host, ...info };
        } catch (error) {
          reason = error;
        }
      }
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

type Info = Pick<ServerInfo, 'tlsRequired' | 'others'>;

function readInfo(host: string, port: number, { timeoutMs, clock }: SearchOptions): Promise<Info> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port });
    const end = (settle: () => void) => {
      timer.cancel();
      socket.destroy();
      settle();
    };
    const fail = (reason: string) => end(() => reject(new Error(`${host}:${port} ${reason}`)));
    const timer = clock.after(timeoutMs, () => fail(`sent nothing within ${timeoutMs} ms`));
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const line = text.indexOf('\r\n');
      if (line < 0 && text.length < MAX_INFO_BYTES) return;
      const info = parseInfo(text.slice(0, Math.max(line, 0)));
      if (info === undefined) fail('does not speak NATS');
      else end(() => resolve(info));
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'ECONNREFUSED' ? 'refused' : error.message),
    );
    socket.on('close', () => fail('closed the connection'));
  });
}

/** Undefined if the client would fail on it: it requires a version and a maximum payload. */
export function parseInfo(line: string): Info | undefined {
  if (!line.startsWith('INFO ')) return undefined;
  let info: Readonly<Record<string, unknown>> | undefined;
  try {
    info = fieldsOf(JSON.parse(line.slice('INFO '.length)));
  } catch {
    return undefined;
  }
  const { version, max_payload: maxPayload, tls_required: tlsRequired, connect_urls: urls } = info ?? {};
  if (typeof version !== 'string' || !/\d+\.\d+\.\d+/.test(version) || !Number.isSafeInteger(maxPayload))
    return undefined;
  const others = Array.isArray(urls) ? urls.flatMap((url) => (typeof url === 'string' ? serverIn(url) : [])) : [];
  return { tlsRequired: tlsRequired === true, others };
}

function serverIn(url: string): string[] {
  const server = parseServer(url);
  return typeof server === 'string' ? [server] : [];
}

export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
