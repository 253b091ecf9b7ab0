import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { pathOf } from '../documents/repository.ts';

export const CLIENT_KEY = 'dQ7ZkT4mWx2bNfHs9LpVyC';
export const SERVER_KEY = 'ser.p3VnYw8KfTzR5mXcJqLd2H';

/** A request to a real Flagsmith API, and its answer. */
export interface Captured {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly requestHeaders: ReadonlyMap<string, string>;
  readonly status: number;
  /** In the order of the wire, with their names as written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const FOLDER = pathOf('tests/support/servers/captured-answers');

export function capturedAnswers(): readonly Captured[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => parse(file.slice(0, -'.txt'.length), readFileSync(`${FOLDER}/${file}`, 'utf8')));
}

export function capturedAnswer(name: string): Captured {
  const found = capturedAnswers().find((captured) => captured.name === name);
  if (found === undefined) throw new Error(`no answer was captured under the name ${name}`);
  return found;
}

function parse(name: string, text: string): Captured {
  const filled = text.replaceAll('{CLIENT_KEY}', CLIENT_KEY).replaceAll('{SERVER_KEY}', SERVER_KEY);
  const [request = '', answer = ''] = filled.split('--- answer ---\n');
  const [head = '', ...rest] = answer.split('\n\n');
  const [statusLine = '', ...lines] = head.split('\n');
  const [requestLine = '', ...requestLines] = (request.split('\n\n')[0] ?? '').split('\n');
  const [method = '', target = ''] = requestLine.split(' ');
  const headers = lines.map(split);
  const length = Number(headers.find(([header]) => header === 'Content-Length')?.[1] ?? 0);
  const body = Buffer.from(rest.join('\n\n')).subarray(0, length).toString();
  if (Buffer.byteLength(body) !== length) throw new Error(`${name}: the body has another length than the answer says`);
  const requestHeaders = new Map(requestLines.map(split).map(([header, value]) => [header.toLowerCase(), value]));
  return { name, method, target, requestHeaders, status: Number(statusLine.split(' ')[1]), headers, body };
}

function split(line: string): readonly [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}

/** A request to the stand-in. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A stand-in for the Flagsmith API that answers what a real one did, byte for byte. */
export class CapturedApi {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly asked: Asked[] = [];
  /** Answers every request with this capture. */
  always: string | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(): Promise<CapturedApi> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CapturedApi(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy());
    let received = '';
    socket.on('data', (text: Buffer) => {
      received += text.toString('latin1');
      const head = received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const [requestLine = '', ...lines] = received.slice(0, head).split('\r\n');
      const [method = '', target = ''] = requestLine.split(' ');
      const headers = new Map(lines.map(split).map(([name, value]) => [name.toLowerCase(), value]));
      const body = received.slice(head + 4);
      if (body.length < Number(headers.get('content-length') ?? 0)) return;
      received = '';
      this.asked.push({ method, target, headers, body });
      // Each answer closes the connection, as if the client had requested it.
      socket.end(this.#answerTo({ method, target, headers, body }));
    });
  }

  #answerTo({ method, target, headers }: Asked): string {
    const wantsHtml = headers.get('accept') === 'text/html';
    const found =
      this.always === undefined
        ? capturedAnswers().find(
            (captured) =>
              captured.method === method &&
              captured.target === target &&
              captured.requestHeaders.get('x-environment-key') === headers.get('x-environment-key') &&
              (captured.requestHeaders.get('accept') === 'text/html') === wantsHtml &&
              !captured.requestHeaders.has('origin') &&
              !captured.requestHeaders.has('if-modified-since') &&
              !captured.name.endsWith('gzip-on'),
          )
        : capturedAnswer(this.always);
    if (found === undefined) return 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n';
    const lines = found.headers.map(([name, value]) => `\r\n${name}: ${value}`).join('');
    if (found.headers.some(([name]) => name === 'Transfer-Encoding'))
      return `HTTP/1.1 ${found.status} X${lines}\r\n\r\n0\r\n\r\n`;
    return `HTTP/1.1 ${found.status} X${lines}\r\n\r\n${found.body}`;
  }
}
