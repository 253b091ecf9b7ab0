import { request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http2';
import { connectHttp2 } from './http2-client.ts';

/** A whole answer, as on the wire. */
export interface HttpAnswer {
  readonly status: number;
  /** Each line, its name in lower case. */
  readonly lines: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** All values of a header, joined. */
  header(name: string): string | undefined;
}

export interface HttpAsk {
  readonly method?: string;
  /** A list: a line for each. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** Sends what it is given, and adds no header except `Host`. */
export function askHttp1(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: HttpAsk = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]);
    const asked = request({
      port,
      host: '127.0.0.1',
      path,
      method,
      headers: Object.fromEntries(sent) as OutgoingHttpHeaders,
      agent: false,
    });
    asked.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject).on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { rawHeaders: raw, statusCode: status = 0 } = response;
        const lines = raw.flatMap((name, at) =>
          at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? ''] as const] : [],
        );
        resolve(answerOf(status, lines, chunks));
      });
    });
    asked.end(body);
  });
}

export async function askHttp2(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: HttpAsk = {},
): Promise<HttpAnswer> {
  const session = await connectHttp2(`http://127.0.0.1:${port}`);
  try {
    return await new Promise((resolve, reject) => {
      const sent = { ':path': path, ':method': method, ...headers } as OutgoingHttpHeaders;
      const stream = session.request(sent, { endStream: body === undefined });
      if (body !== undefined) stream.end(body);
      const chunks: Buffer[] = [];
      let lines: readonly (readonly [string, string])[] = [];
      let status = 0;
      stream.on('response', (received) => {
        status = received[':status'] ?? 0;
        lines = Object.entries(received)
          .filter(([name]) => !name.startsWith(':'))
          .map(([name, value]) => [name, String(value)]);
      });
      stream.on('error', reject).on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => resolve(answerOf(status, lines, chunks)));
    });
  } finally {
    session.destroy();
  }
}

function answerOf(status: number, lines: HttpAnswer['lines'], chunks: readonly Buffer[]): HttpAnswer {
  const header = (wanted: string): string | undefined => {
    const values = lines.filter(([name]) => name === wanted).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(' | ');
  };
  return { status, lines, body: Buffer.concat(chunks), header };
}
