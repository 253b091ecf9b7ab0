import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Answer {
  readonly status: number;
  /** The values of a header, joined by commas if it came several times. */
  header(name: string): string | undefined;
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The certificate is checked. */
  readonly verifies: boolean;
}

const TIMEOUT_MS = 5000;
const MAX_BODY_CHARACTERS = 300_000;

/**
 * One request on its own connection. Redirects are not followed: an SDK may not follow them either.
 *
 * @throws Error if there is no answer within five seconds
 */
export function ask(url: URL, { method = 'GET', headers = {}, body, verifies }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const options = { method, headers, agent: false as const, rejectUnauthorized: verifies };
    const asked = request(url, options, (response) => {
      let text = '';
      const done = (): void => {
        clearTimeout(timer);
        asked.destroy();
        resolve({
          status: response.statusCode ?? 0,
          header: (name) => valuesOf(response.rawHeaders, name),
          body: text,
        });
      };
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > MAX_BODY_CHARACTERS) done();
      });
      response.on('close', done);
      // A stream does not end: its head is the answer.
      if (/event-stream/.test(response.headers['content-type'] ?? '')) done();
    });
    const timer = setTimeout(() => asked.destroy(new Error('no answer within 5 s')), TIMEOUT_MS);
    asked.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    asked.end(body);
  });
}

function valuesOf(rawHeaders: readonly string[], name: string): string | undefined {
  const values = rawHeaders.filter(
    (_, place) => place % 2 === 1 && rawHeaders[place - 1]?.toLowerCase() === name.toLowerCase(),
  );
  return values.length === 0 ? undefined : values.join(', ');
}
