import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { SERVER_CORE } from './machine.ts';
import { MeasuredProcess } from './measured-process.ts';
import { freePort } from '../tests/support/servers/free-port.ts';
import { prepareNchan } from './rivals/nchan.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const KEEP_ALIVE_SECONDS = 15;
export const TOKEN = 'bench-token';

export const SUBJECTS = ['limit', 'halyard', 'nchan', 'node-http', 'better-sse'] as const;
export type SubjectName = (typeof SUBJECTS)[number];

export const TITLES: Readonly<Record<SubjectName, string>> = {
  limit: 'bare epoll loop in C',
  halyard: 'Halyard',
  nchan: 'nginx + nchan',
  'node-http': 'plain node:http',
  'better-sse': 'better-sse on node:http',
};

/** A server under test, up and running. */
export interface Subject {
  readonly name: SubjectName;
  readonly port: number;
  /** The port on which it speaks TLS, if requested. */
  readonly tlsPort: number | undefined;
  readonly process: MeasuredProcess;
  stop(): Promise<void>;
}

export interface SubjectOptions {
  /** The compiled C loop. */
  readonly limit: string | undefined;
  /** For the service: variables that differ from its defaults. */
  readonly env?: Readonly<Record<string, string>>;
  /** `any`: not pinned to a core. */
  readonly core?: number | 'any';
  readonly port?: number;
  /** A second port, on which it speaks TLS; the first stays in the clear. */
  readonly tls?: { readonly protocol: 'http/1.1' | 'h2'; readonly certFile: string; readonly keyFile: string };
  /** Further arguments of the runtime, as for a profile. */
  readonly execArgv?: readonly string[];
}

export async function startSubject(name: SubjectName, options: SubjectOptions): Promise<Subject> {
  const port = options.port ?? (await freePort());
  const tls = options.tls && { ...options.tls, port: await freePort() };
  const core = options.core === 'any' ? undefined : (options.core ?? SERVER_CORE);
  const rival = (program: string): readonly string[] => [
    process.execPath,
    at(program),
    String(port),
    String(KEEP_ALIVE_SECONDS),
    ...(tls === undefined ? [] : [String(tls.port), tls.certFile, tls.keyFile]),
  ];
  if (tls?.protocol === 'h2' && name === 'node-http') throw new Error('the bare server on node:https is HTTP/1.1');
  if (tls !== undefined && (name === 'limit' || name === 'better-sse')) throw new Error(`${name} speaks no TLS here`);
  let command: readonly string[];
  let env: NodeJS.ProcessEnv = {};
  let cleanUp = async (): Promise<void> => {};
  switch (name) {
    case 'limit':
      if (options.limit === undefined) throw new Error('there is no C compiler for the bare loop');
      command = [options.limit, String(port), String(KEEP_ALIVE_SECONDS)];
      break;
    case 'halyard':
      command = [process.execPath, ...(options.execArgv ?? []), at('../infrastructure/main.js')];
      env = {
        LISTEN_ADDR: `127.0.0.1:${port}`,
        UPDATE_LOG: 'memory',
        SSE_AUTHENTICATION_TOKEN: TOKEN,
        KEEP_ALIVE_SECONDS: String(KEEP_ALIVE_SECONDS),
        LOG_LEVEL: 'warn',
        DRAIN_SECONDS: '0',
        ...(tls === undefined
          ? {}
          : {
              [tls.protocol === 'h2' ? 'HTTP2_LISTEN_ADDR' : 'TLS_LISTEN_ADDR']: `127.0.0.1:${tls.port}`,
              TLS_CERT_FILE: tls.certFile,
              TLS_KEY_FILE: tls.keyFile,
            }),
        ...options.env,
      };
      break;
    case 'nchan': {
      const nchan = await prepareNchan(port, KEEP_ALIVE_SECONDS, tls);
      ({ command, env } = nchan);
      cleanUp = () => nchan.remove();
      break;
    }
    case 'node-http':
      command = rival('./rivals/plain-http.js');
      break;
    case 'better-sse':
      command = rival('./rivals/better-sse.js');
      break;
  }
  const measured = MeasuredProcess.start(TITLES[name], command, { core, env });
  await measured.isUp(name === 'halyard' ? () => isReady(port) : () => accepts(port));
  const stop = async (): Promise<void> => {
    await measured.kill();
    await cleanUp();
  };
  return { name, port, tlsPort: tls?.port, process: measured, stop };
}

async function isReady(port: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
