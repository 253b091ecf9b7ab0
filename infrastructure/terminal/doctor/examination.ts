import { postChange } from '../publish.ts';
import { reasonOf } from '../reason.ts';
import type { ServiceUrl } from '../service-url.ts';
import { type Answer, ask } from './ask.ts';
import { examineConnection } from './connection.ts';
import { type Check, CHECKS, type Finding } from './finding.ts';
import { RawStream } from './raw-stream.ts';

export interface Examined {
  /** Where clients reach the service. */
  readonly url: ServiceUrl;
  /** Where Flagsmith reaches it, if that is another address. */
  readonly internal: ServiceUrl | undefined;
  readonly environment: string;
  /** Undefined: no test update is published. */
  readonly token: string | undefined;
  /** How long an idle stream is watched, in milliseconds. */
  readonly patienceMs: number;
}

/** What a browser sends, including what may make a proxy compress. */
const BROWSER = {
  Accept: 'text/event-stream',
  'Accept-Encoding': 'gzip, deflate, br',
  Origin: 'https://app.example.com',
  'Cache-Control': 'no-cache',
  'User-Agent': 'halyard-doctor',
};
const READER = { Accept: 'text/event-stream', 'User-Agent': 'halyard-doctor' };

/** The head and the first bytes of a stream arrive at once; a refusal is delayed by five seconds. */
const FIRST_BYTE_MS = 7000;
/** An update takes milliseconds, or some hundred in a busy service. */
const UPDATE_MS = 5000;
/** The service answers within its APPEND_DEADLINE_MS. */
const PUBLISH_MS = 8000;
/** Enough for the usual number of instances behind a load balancer, with round robin. */
const STREAMS = 8;
/** A slower update feels late in an application. */
const SLOW_UPDATE_MS = 1000;
const SKEW_MS = 5000;
/** The default of KEEP_ALIVE_SECONDS, plus the second by which the service may be late. */
const KEEP_ALIVE_MS = 16_100;

/** Checks for the problems known from practice, from the outside, as clients and Flagsmith see them. */
export class Examination {
  readonly #examined: Examined;
  readonly #findings: Finding[] = [];
  #verifies = true;
  #isTrusted = true;

  constructor(examined: Examined) {
    this.#examined = examined;
  }

  /**
   * @returns one finding for each check, in the order of the checks
   * @throws never because of what the service does: that is a finding
   */
  async run(): Promise<readonly Finding[]> {
    if (await this.#connection()) await Promise.all([this.#ready(), this.#stream()]);
    const order = (check: Check): number => CHECKS.indexOf(check);
    return this.#findings.sort((a, b) => order(a.check) - order(b.check));
  }

  async #connection(): Promise<boolean> {
    const { findings, isReached, isTrusted } = await examineConnection(this.#examined.url.base);
    this.#findings.push(...findings);
    // The other checks are useful even if the certificate is not valid.
    this.#verifies = isTrusted;
    this.#isTrusted = isTrusted;
    return isReached;
  }

  async #ready(): Promise<void> {
    const answer = await this.#ask(this.#examined.url.at('readyz'));
    if (typeof answer === 'string') {
      const remedy = 'the service hangs, or a proxy in front does not pass /readyz on: request it beside the service';
      return void this.#find('ready', 'fault', `/readyz: ${answer}`, remedy);
    }
    const { status, body } = answer;
    if (status === 200) return void this.#find('ready', 'ok', '/readyz answers 200');
    if (status === 503)
      return void this.#find('ready', 'fault', `/readyz answers 503: ${short(body)}`, 'see the log of the service');
    this.#find('ready', 'skipped', `/readyz answers ${status}: a proxy does not pass it on`);
  }

  async #stream(): Promise<void> {
    const { url, environment, patienceMs } = this.#examined;
    const browser = new RawStream(url.stream(environment), BROWSER, this.#verifies);
    try {
      if (!(await this.#head(browser))) return;
      this.#compression(browser);
      // Concurrently: if each runs into its time-out, one after another would take more than a minute.
      await Promise.all([
        this.#cors(browser),
        this.#firstBytes(browser),
        this.#updates(),
        this.#outsideQueueChange(),
        this.#doubledSlash(),
      ]);
      await browser.until(() => false, patienceMs - browser.ageMs);
      this.#idle(browser);
    } finally {
      browser.close();
    }
  }

  async #head(stream: RawStream): Promise<boolean> {
    const hasHead = await stream.until(() => stream.status !== undefined, FIRST_BYTE_MS);
    if (!hasHead) {
      if (stream.ending !== undefined) {
        const remedy = 'the address is not that of the service, or a proxy in front refuses the request';
        this.#find('stream', 'fault', `the connection was closed without an answer${because(stream)}`, remedy);
      } else this.#buffered('no byte of the answer');
      return false;
    }
    const status = stream.status ?? 0;
    const type = stream.header('content-type') ?? 'none';
    if (status === 200 && /^text\/event-stream\b/i.test(type)) {
      this.#find('stream', 'ok', `200, ${type}`);
      return true;
    }
    await stream.until(() => false, 200);
    this.#find('stream', 'fault', `${status}, Content-Type ${type}: ${short(stream.body)}`, remedyOf(status, stream));
    return false;
  }

  async #cors(stream: RawStream): Promise<void> {
    const { url, environment } = this.#examined;
    const allowed = stream.header('access-control-allow-origin');
    if (allowed === undefined)
      return void this.#find(
        'cors',
        'fault',
        'Access-Control-Allow-Origin is missing',
        'a proxy removes the header: let it pass',
      );
    if (allowed !== '*' && allowed !== BROWSER.Origin) {
      const remedy = 'browsers refuse it: remove the header that the proxy adds, or make it allow your origins';
      return void this.#find('cors', 'fault', `Access-Control-Allow-Origin: ${allowed}`, remedy);
    }
    const preflight = await this.#ask(url.stream(environment), {
      method: 'OPTIONS',
      headers: {
        Origin: BROWSER.Origin,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'x-environment-key',
      },
    });
    if (typeof preflight === 'string') return void this.#find('cors', 'fault', `OPTIONS: ${preflight}`);
    const headers = preflight.header('access-control-allow-headers') ?? '';
    const isSound = preflight.status < 300 && (headers === '*' || /x-environment-key/i.test(headers));
    if (isSound)
      return void this.#find('cors', 'ok', `Access-Control-Allow-Origin: ${allowed}, and OPTIONS is answered`);
    const saw = `OPTIONS answers ${preflight.status}, allowed headers: ${headers || 'none'}`;
    this.#find('cors', 'fault', saw, 'make the proxy pass OPTIONS on to the service');
  }

  #compression(stream: RawStream): void {
    const encoding = stream.header('content-encoding');
    if (encoding === undefined || encoding === 'identity') return this.#find('compression', 'ok', 'none');
    const remedy = 'a proxy compresses, which delays events: exclude text/event-stream';
    this.#find('compression', 'fault', `Content-Encoding: ${encoding}`, remedy);
  }

  async #firstBytes(stream: RawStream): Promise<void> {
    const hasBytes = await stream.until(() => stream.arrivalsMs.length > 0, FIRST_BYTE_MS);
    if (!hasBytes) return void this.#buffered('the head, and no byte of the body');
    this.#find('buffering', 'ok', `the first bytes came after ${Math.round(stream.arrivalsMs[0] ?? 0)} ms`);
  }

  #buffered(what: string): void {
    const remedy = 'a proxy collects the answer before it sends it: turn buffering off (nginx: proxy_buffering off)';
    this.#find('buffering', 'fault', `${what} within ${FIRST_BYTE_MS / 1000} s`, remedy);
  }

  /** Publishes a test update, and observes how it arrives on some streams. */
  async #updates(): Promise<void> {
    const { url, internal = url, environment, token } = this.#examined;
    if (token === undefined || !this.#isTrusted) {
      const saw =
        token === undefined ? 'no token was given' : 'the token is not sent, because the certificate is not valid';
      for (const check of ['event_name', 'chunks', 'update', 'instances', 'clock'] as const)
        this.#find(check, 'skipped', saw);
      return;
    }
    const open = (): RawStream => new RawStream(url.stream(environment), READER, this.#verifies);
    const streams = Array.from({ length: STREAMS }, open);
    try {
      await Promise.all(streams.map((stream) => stream.until(() => stream.arrivalsMs.length > 0, FIRST_BYTE_MS)));
      const [publishedMs, publishedAtMs] = [performance.now(), Date.now()];
      const change = { url: internal.queueChange(environment), token, timeoutMs: PUBLISH_MS };
      const time = await postChange(change).catch((error: unknown) => {
        const remedy = 'check the address (--internal), the token, and the log of the service';
        this.#find('update', 'fault', `the test update was not accepted: ${reasonOf(error)}`, remedy);
      });
      if (time === undefined) return;
      const arrived = await Promise.all(
        streams.map(async (stream) => {
          const isThere = await stream.until(() => eventOf(stream, time) !== undefined, UPDATE_MS);
          return isThere ? performance.now() - publishedMs : undefined;
        }),
      );
      this.#arrival(arrived, streams);
      const first = streams.find((_, place) => arrived[place] !== undefined);
      await Promise.all([
        first === undefined ? undefined : this.#event(first, time),
        this.#clock(publishedAtMs, { internal, token, first }),
      ]);
    } finally {
      for (const stream of streams) stream.close();
    }
  }

  #arrival(arrivedMs: readonly (number | undefined)[], streams: readonly RawStream[]): void {
    const times = arrivedMs.filter((ms) => ms !== undefined);
    const slowest = Math.round(Math.max(...times));
    const opened = streams.filter(({ status }) => status === 200).length;
    if (times.length === 0) {
      const remedy = 'see /debug/environments/KEY of the service; a proxy may delay events';
      return this.#find('update', 'fault', `a test update did not arrive within ${UPDATE_MS / 1000} s`, remedy);
    }
    const isSlow = slowest > SLOW_UPDATE_MS;
    const remedy = isSlow ? 'the service or its log is busy, or a proxy delays events' : undefined;
    this.#find('update', isSlow ? 'warning' : 'ok', `a test update arrived after ${slowest} ms at most`, remedy);
    if (opened < STREAMS) {
      const saw = `only ${opened} of ${STREAMS} streams could be opened`;
      return this.#find('instances', 'warning', saw, 'raise the limit of the service or of the proxy that was reached');
    }
    if (times.length === STREAMS) return this.#find('instances', 'ok', `the update arrived on all ${STREAMS} streams`);
    const saw = `the update arrived on ${times.length} of ${STREAMS} streams`;
    this.#find('instances', 'fault', saw, 'the instances behind this address do not share one log: check UPDATE_LOG');
  }

  async #event(stream: RawStream, time: string): Promise<void> {
    const event = eventOf(stream, time) ?? '';
    const name = /^event: ?(.*)$/m.exec(event)?.[1];
    if (name === 'environment_updated') this.#find('event_name', 'ok', name);
    else {
      const remedy =
        'the JavaScript, React Native, Android and Flutter SDKs need environment_updated: check SSE_EVENT_NAME, and whether a proxy rewrites events';
      this.#find('event_name', 'fault', `the event has ${name === undefined ? 'no name' : `the name ${name}`}`, remedy);
    }
    if (!stream.isChunked)
      return void this.#find('chunks', 'ok', 'the body has no chunks: it ends with the connection');
    const end = stream.body.indexOf(event) + event.length;
    const isClosed = await stream.until(() => stream.closedLength >= end, SLOW_UPDATE_MS);
    if (isClosed) return void this.#find('chunks', 'ok', 'the event arrived in a chunk that was closed at once');
    const remedy =
      'a proxy splits chunks, and the Python SDK reads an event only when its chunk is closed: turn that off';
    this.#find('chunks', 'fault', 'the event arrived in a chunk that stays open', remedy);
  }

  async #clock(
    publishedAtMs: number,
    { internal, token, first }: { internal: ServiceUrl; token: string; first: RawStream | undefined },
  ): Promise<void> {
    const headers = { Authorization: `Token ${token}` };
    const report = await this.#ask(internal.at(`debug/environments/${this.#examined.environment}`), { headers });
    const storedAt =
      typeof report === 'string' ? undefined : /"latest":\{[^}]*"stored_at":"([^"]+)"/.exec(report.body)?.[1];
    if (storedAt !== undefined) return void this.#skew('of its log', publishedAtMs - Date.parse(storedAt));
    const date = first?.header('date');
    if (first === undefined || date === undefined)
      return void this.#find('clock', 'skipped', 'no answer shows a clock: give --internal');
    // It is as old as the stream, and in whole seconds.
    this.#skew('of the service', Date.now() - first.ageMs - Date.parse(date));
  }

  #skew(whose: string, ms: number): void {
    const saw = `the clocks here and ${whose} are ${(Math.abs(ms) / 1000).toFixed(1)} s apart`;
    if (Math.abs(ms) < SKEW_MS) return this.#find('clock', 'ok', saw);
    this.#find('clock', 'warning', saw, 'the Flutter SDK compares an update with its own clock: synchronise them');
  }

  /** Only Flagsmith needs queue-change. The request has no token, so it changes nothing. */
  async #outsideQueueChange(): Promise<void> {
    const { url, internal, environment } = this.#examined;
    const answer = await this.#ask(url.queueChange(environment), { method: 'POST', body: '{}' });
    if (typeof answer === 'string') return void this.#find('queue_change', 'skipped', answer);
    const { status } = answer;
    // The token is checked before the body, and this body is refused with 400.
    if (status === 400) {
      const saw = 'it accepts changes from here without a token';
      return void this.#find('queue_change', 'fault', saw, 'a proxy in front adds the token: make it refuse the path');
    }
    if (status !== 401) {
      const isClosed = status === 404 || status === 403 || status === 405;
      const saw = `it answers ${status} to a request from here`;
      if (isClosed) return void this.#find('queue_change', 'ok', `${saw}: it is not reachable`);
      return void this.#find('queue_change', 'warning', saw, 'make the proxy in front refuse the path with 403 or 404');
    }
    const isHere = /^(localhost|127\.|\[::1\])/.test(url.base.hostname);
    if (internal === undefined && isHere)
      return void this.#find('queue_change', 'ok', 'it is reachable from here, with the token');
    const remedy = 'set INTERNAL_LISTEN_ADDR, or make the proxy in front refuse the path';
    this.#find(
      'queue_change',
      internal === undefined ? 'warning' : 'fault',
      'it is reachable from where clients are: only the token protects it',
      remedy,
    );
  }

  async #doubledSlash(): Promise<void> {
    const { url, environment } = this.#examined;
    const doubled = new URL(url.base);
    doubled.pathname += `/sse/environments/${environment}/stream`;
    const answer = await this.#ask(doubled);
    const bases = `SDKs: ${url.base.href}, Flagsmith: ${url.base.href.replace(/\/$/, '')}`;
    if (typeof answer !== 'string' && answer.status === 200) return void this.#find('base_url', 'ok', bases);
    const saw = `a path with a doubled slash answers ${typeof answer === 'string' ? answer : answer.status}`;
    this.#find('base_url', 'warning', saw, `some settings of SDKs produce one: use these base URLs: ${bases}`);
  }

  #idle(stream: RawStream): void {
    const { patienceMs } = this.#examined;
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    const watchedMs = stream.endedMs ?? stream.ageMs;
    if (stream.ending === 'cut') {
      const remedy = "raise the proxy's time-out for idle connections above KEEP_ALIVE_SECONDS, 15 s";
      this.#find('idle_cut', 'fault', `the stream was cut after ${seconds(watchedMs)}${because(stream)}`, remedy);
    } else if (stream.ending === 'proper') {
      const remedy = 'nothing, if MAX_STREAM_AGE_SECONDS is that short; otherwise find the proxy that ends it';
      this.#find('idle_cut', 'warning', `the stream was ended after ${seconds(watchedMs)}`, remedy);
    } else this.#find('idle_cut', 'ok', `the stream is open after ${seconds(watchedMs)}`);
    this.#keepAlive(stream, watchedMs, patienceMs);
  }

  #keepAlive(stream: RawStream, watchedMs: number, patienceMs: number): void {
    const moments = [...stream.arrivalsMs, watchedMs];
    const gaps = moments.slice(1).map((ms, place) => ms - (moments[place] ?? 0));
    const longestMs = Math.round(Math.max(0, ...gaps));
    // If no silence precedes it, it may be the comment that a transport sends after an event.
    const hasKeepAlive = gaps.some((gap, place) => gap > 1000 && stream.pieces[place + 1] === ':\n\n');
    const saw = `the longest silence was ${(longestMs / 1000).toFixed(1)} s`;
    if (hasKeepAlive) return this.#find('keep_alive', 'ok', saw);
    if (watchedMs < KEEP_ALIVE_MS + (stream.arrivalsMs.at(-1) ?? 0)) {
      const remedy = patienceMs < 2 * KEEP_ALIVE_MS ? 'give --patience 35 to wait for one' : undefined;
      return this.#find('keep_alive', 'skipped', `watched too briefly for a keep-alive: ${saw}`, remedy);
    }
    const remedy = 'KEEP_ALIVE_SECONDS is above 15, or a proxy delays small writes';
    this.#find('keep_alive', 'warning', `no keep-alive in ${(watchedMs / 1000).toFixed(0)} s`, remedy);
  }

  /** @returns the answer, or why none came */
  async #ask(url: URL, question: Partial<Parameters<typeof ask>[1]> = {}): Promise<Answer | string> {
    return ask(url, { ...question, verifies: this.#verifies }).catch((error: unknown) => reasonOf(error));
  }

  #find(check: Check, result: Finding['result'], saw: string, remedy?: string): void {
    this.#findings.push({ check, result, saw, remedy });
  }
}

/** The event with a time, once the blank line after it has arrived: clients ignore it before. */
function eventOf({ body }: RawStream, time: string): string | undefined {
  const start = body.indexOf(`"updated_at":${time}`);
  const end = body.indexOf('\n\n', start);
  return start < 0 || end < 0 ? undefined : body.slice(body.lastIndexOf('\n\n', start) + 2, end + 2);
}

function because({ error }: RawStream): string {
  return error === undefined ? '' : `: ${error}`;
}

function short(body: string): string {
  return body.replace(/\s+/g, ' ').slice(0, 120) || 'no body';
}

function remedyOf(status: number, stream: RawStream): string {
  const location = stream.header('location');
  if (location !== undefined)
    return `do not rely on redirects, which an SDK may not follow: use the base of ${location}`;
  const remedies: Readonly<Record<number, string>> = {
    400: 'the environment key is not a Flagsmith key, or the base URL has an extra path',
    404: 'the proxy does not pass this path on, or the base URL has an extra path',
    502: 'the proxy cannot reach the service',
    503: 'the service is full or draining (see /readyz), or the proxy in front has no server that is running',
    504: 'the service does not answer the proxy in time: it is full, or the time-out of the proxy is shorter than 6 s',
    505: 'the proxy speaks HTTP/1.0: nginx needs proxy_http_version 1.1',
  };
  return remedies[status] ?? 'the address is not that of the service, or a proxy in front answers instead of it';
}
