import { lookup } from 'node:dns/promises';
import { createConnection } from 'node:net';

/** One address of one server that said hello. */
export interface Greeting {
  /** `host:port` with a literal address: what the client dials. */
  readonly listen: string;
  /** The name in the URL (or its literal address), which the server's certificate has to bear. */
  readonly host: string;
  readonly tlsRequired: boolean;
  /** Other nodes of the cluster, as `host:port`. */
  readonly others: readonly string[];
}

/** A server's INFO line is a few hundred bytes; a list of a thousand nodes would still fit. */
const MAX_INFO_BYTES = 64 * 1024;

/**
 * Finds a server that answers, before the client is let loose on it. The client gives up on a silent server after its
 * timeout but keeps the socket: a hung NATS would cost a file descriptor with every attempt. It also checks the
 * certificate of a literal address against `localhost`, and needs to be told beforehand that a server wants TLS.
 *
 * @throws the last server's reason, which holds host and port at most
 */
export async function findGreeting(servers: readonly string[], timeoutMs: number): Promise<Greeting> {
  let reason: unknown;
  for (const server of shuffled(servers)) {
    const colon = server.lastIndexOf(':');
    const [host, port] = [server.slice(0, colon).replace(/^\[|\]$/g, ''), Number(server.slice(colon + 1))];
    try {
      // A name may stand for all nodes of a cluster, some of them dead.
      for (const { address } of shuffled(await lookup(host, { all: true }))) {
        try {
          const info = await greet(address, port, timeoutMs);
          const others = Array.isArray(info.connect_urls)
            ? info.connect_urls.filter((url) => typeof url === 'string')
            : [];
          const listen = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
          return { listen, host, tlsRequired: info.tls_required === true, others };
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

interface Info {
  readonly tls_required?: unknown;
  readonly connect_urls?: unknown;
}

function greet(host: string, port: number, timeoutMs: number): Promise<Info> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port });
    const end = (settle: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const fail = (reason: string) => end(() => reject(new Error(`${host}:${port} ${reason}`)));
    const timer = setTimeout(() => fail(`said nothing within ${timeoutMs} ms`), timeoutMs);
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

function parseInfo(line: string): Info | undefined {
  if (!line.startsWith('INFO ')) return undefined;
  try {
    return JSON.parse(line.slice('INFO '.length)) as Info;
  } catch {
    return undefined;
  }
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
