import { readdirSync, readFileSync } from 'node:fs';
import { NatsServer, type NatsServerOptions } from '../tests/support/servers/nats-server.ts';
import { freePort } from '../tests/support/servers/free-port.ts';
import type { LogServer } from './log-server.ts';

/** A real nats-server with file storage, and how the service reaches it. */
export interface JetStream extends LogServer {
  /** Messages that NATS has received from its clients: publishes, requests, acknowledgements. */
  messagesIn(): Promise<number>;
}

export async function withJetStream<T>(
  task: (jetStream: JetStream) => Promise<T>,
  options: NatsServerOptions = {},
): Promise<T> {
  const monitorPort = await freePort();
  const server = await NatsServer.start({ ...options, config: `http: "127.0.0.1:${monitorPort}"` });
  try {
    return await task({
      env: { UPDATE_LOG: 'nats', NATS_URL: server.url },
      messagesIn: async () => {
        const report = await fetch(`http://127.0.0.1:${monitorPort}/varz`);
        return ((await report.json()) as { in_msgs: number }).in_msgs;
      },
      cpuUs: () => cpuOf(server.dir),
    });
  } finally {
    await server.close();
  }
}

/** The server's process is the one that was started with a file of its folder. */
function cpuOf(dir: string): number {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir)) continue;
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * 10_000;
    } catch {
      // A process that ended while its folder was read.
    }
  }
  throw new Error('nats-server is not running any more');
}
