/**
 * Clients that come 200 a second, each with a TLS handshake, a request, and an answer. It says how many were served and
 * by which certificates, and how many were not, and why.
 */
import { connect } from 'node:tls';

const PAUSE_MS = 5;
/** Of one client: for a service that hangs. */
const ANSWER_MS = 10_000;
const port = Number(process.argv[2]);

export interface Progress {
  /** How many were served. */
  readonly served: number;
  /** The reasons of those that were not. */
  readonly failed: readonly string[];
  /** The names on the certificates that they were shown. */
  readonly names: readonly string[];
  /** None is left. */
  readonly isOver: boolean;
}

let served = 0;
let waiting = 0;
let isEnding = false;
const failed: string[] = [];
const names = new Set<string>();

function tell(): void {
  const progress: Progress = { served, failed, names: [...names], isOver: isEnding && waiting === 0 };
  process.send?.(progress);
}

function comeOnce(): void {
  let text = '';
  let failure: string | undefined;
  waiting++;
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
    names.add(String(socket.getPeerCertificate().subject.CN));
    socket.write('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  });
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer')));
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code ?? error.message));
  socket.on('close', () => {
    waiting--;
    if (text.startsWith('HTTP/1.1 ')) served++;
    else failed.push(failure ?? 'closed without an answer');
    tell();
  });
}

const coming = setInterval(comeOnce, PAUSE_MS);
process.on('message', () => {
  isEnding = true;
  clearInterval(coming);
  tell();
});
process.on('disconnect', () => process.exit());
