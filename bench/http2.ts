import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { parseArgs, promisify } from 'node:util';
import { CertificateFiles } from '../tests/support/servers/certificate-files.ts';
import { eventually } from '../tests/support/eventually.ts';
import { FRAME, frame, getFrame } from '../tests/support/clients/raw-http2-client.ts';
import { TOKEN } from '../tests/support/servers/running-service.ts';
import { ServiceProcess } from '../tests/support/servers/service-process.ts';

/**
 * CPU per delivered event and memory per stream, over HTTP/2 beside HTTP/1.1: `node dist/bench/http2.js
 * [--streams 5000] [--updates 200] [--per-connection 100]`. One environment; if there is `taskset`, the service has its
 * own core, and the clients, which only count, have another.
 */
const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '5000' },
    updates: { type: 'string', default: '200' },
    'per-connection': { type: 'string', default: '100' },
  },
});
const [streams, updates, perConnection] = [
  Number(values.streams),
  Number(values.updates),
  Number(values['per-connection']),
];
const WARM_UP = 20;
const TICKS_PER_SECOND = 100;
const CEILING_MS = 120_000;
const MARK = Buffer.from('"updated_at"');
const PATH = '/sse/environments/bench/stream';
/** Windows that are never used up, so the clients need not answer. */
const WINDOW = 2 ** 31 - 1;

interface Way {
  readonly name: string;
  readonly environment: Record<string, string>;
  readonly streamsPerConnection: number;
  readonly tls?: boolean;
  /** The first bytes of a connection, which open this many streams. */
  opening(streams: number): Buffer;
}

const http1 = (): Buffer => Buffer.from(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
const http2 = (count: number): Buffer => {
  const settings = Buffer.alloc(6);
  settings.writeUInt16BE(4);
  settings.writeUInt32BE(WINDOW, 2);
  const window = Buffer.alloc(4);
  window.writeUInt32BE(WINDOW - 65_535);
  const requests = Array.from({ length: count }, (_, index) => getFrame(1 + 2 * index, PATH));
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  return Buffer.concat([preface, frame(FRAME.settings, 0, 0, settings), frame(8, 0, 0, window), ...requests]);
};

const files = await CertificateFiles.make();
const clear = { HTTP2_LISTEN_ADDR: '127.0.0.1:0' };
const WAYS: readonly Way[] = [
  { name: 'HTTP/1.1, uWebSockets.js', environment: clear, streamsPerConnection: 1, opening: http1 },
  { name: 'HTTP/1.1, node:http', environment: { HTTP1_TRANSPORT: 'node' }, streamsPerConnection: 1, opening: http1 },
  { name: 'HTTP/2, h2c', environment: clear, streamsPerConnection: perConnection, opening: http2 },
  {
    name: 'HTTP/2, TLS',
    environment: files.environment,
    streamsPerConnection: perConnection,
    tls: true,
    opening: http2,
  },
];

console.log(
  `${streams} streams, ${updates} updates, ${perConnection} HTTP/2 streams a connection, Node ${process.version}`,
);
try {
  await pin(process.pid, 1);
  for (const way of WAYS) console.log(await measure(way));
} finally {
  await files.remove();
}
process.exit(0);

async function measure(way: Way): Promise<string> {
  const service = await ServiceProcess.start({
    ...way.environment,
    MAX_SUBSCRIBERS: String(streams),
    LOG_LEVEL: 'info',
  });
  const sockets: Socket[] = [];
  try {
    await pin(service.pid, 0);
    const ports = (await service.logged('started'))['ports'] as number[];
    const port = ports[way.opening === http1 ? 0 : 1] ?? 0;
    let [opened, received] = [0, 0];
    const count = (socket: Socket): void => {
      let rest = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        opened += occurrences(bytes, Buffer.from('retry: ')) - occurrences(rest, Buffer.from('retry: '));
        received += occurrences(bytes, MARK);
        rest = Buffer.from(
          bytes.subarray(Math.max(bytes.lastIndexOf(MARK) + MARK.length, bytes.length - MARK.length + 1)),
        );
      });
    };
    const emptyBytes = residentBytes(service.pid);
    for (let left = streams; left > 0; left -= way.streamsPerConnection) {
      const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] };
      const socket = way.tls ? connectTls(options) : connectTcp(options);
      sockets.push(socket.setNoDelay(true));
      count(socket);
      socket.write(way.opening(Math.min(left, way.streamsPerConnection)));
      if (sockets.length % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(`${streams} streams to open; ${opened} did`, () => opened >= streams, CEILING_MS);
    const heldBytes = residentBytes(service.pid) - emptyBytes;

    let [beganTicks, beganMs] = [0, 0];
    for (let update = 1; update <= WARM_UP + updates; update++) {
      if (update === WARM_UP + 1) [beganTicks, beganMs] = [cpuTicks(service.pid), performance.now()];
      await fetch(service.url('/sse/environments/bench/queue-change'), {
        method: 'POST',
        headers: { Authorization: `Token ${TOKEN}` },
        body: `{"updated_at":${1_733_480_000 + update}}`,
      });
      await eventually('all subscribers to receive it', () => received >= update * streams, CEILING_MS);
    }
    const cpuUs = ((cpuTicks(service.pid) - beganTicks) / TICKS_PER_SECOND) * 1e6;
    const passMs = (performance.now() - beganMs) / updates;
    return (
      `${way.name.padEnd(26)} ${(cpuUs / (updates * streams)).toFixed(2)} us CPU a delivery, ` +
      `${(heldBytes / streams / 1024).toFixed(1)} KB a stream, ${passMs.toFixed(0)} ms from POST to the last of all`
    );
  } finally {
    for (const socket of sockets) socket.destroy();
    await service.kill();
  }
}

function occurrences(bytes: Buffer, mark: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) found++;
  return found;
}

/** User and system time of the process. */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

async function pin(pid: number, core: number): Promise<void> {
  await promisify(execFile)('taskset', ['-acp', String(core), String(pid)]).catch(() =>
    console.log(`(${pid} is not pinned to core ${core}: no taskset here, or no such core)`),
  );
}
