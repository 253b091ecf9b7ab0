import type { Finding } from '../../infrastructure/terminal/doctor/finding.ts';

/** The services behind the proxies, by their names in the configurations. */
export const SERVICES = ['service', 'first', 'second', 'full'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** A real proxy that is misconfigured, and the finding that the doctor has to report. */
export interface BrokenSetUp {
  readonly title: string;
  readonly proxy: 'nginx' | 'HAProxy';
  /** The content of nginx's `server` or HAProxy's `listen`. `PORT(name)` is the port of a service or of a set-up. */
  readonly config: string;
  /** The name by which others refer to its port. */
  readonly name?: string;
  /** The path of the base URL; `/` by default. */
  readonly path?: string;
  readonly check: Finding['check'];
  readonly saw: RegExp;
  /** How long the doctor watches, in seconds; by default not at all. */
  readonly patience?: string;
  /** The doctor waits for something that never arrives: it is started together with the others that wait. */
  readonly isSlow?: true;
}

const STREAMING = 'proxy_http_version 1.1; proxy_buffering off;';
/** Passes everything on to the service. */
const TO_SERVICE = `proxy_pass http://service; ${STREAMING}`;
const SOUND = `location / { ${TO_SERVICE} }`;
const ONE_SERVER = 'server one 127.0.0.1:PORT(service)';
const IS_STREAM = '{ path_end /stream }';

/** More than arrive while a doctor watches. */
const KEEP_ALIVES = ':\n\n'.repeat(20);

/** nginx delays what may be the beginning of a text that it replaces. */
const replacing = (text: string, by: string): string =>
  `location / { ${TO_SERVICE} sub_filter_types text/event-stream; sub_filter_once off; sub_filter '${text}' '${by}'; }`;

const STREAM: readonly BrokenSetUp[] = [
  {
    title: 'a proxy that has no ready server to pass requests to',
    proxy: 'HAProxy',
    config: 'server one 127.0.0.1:1',
    check: 'ready',
    saw: /^fault: \/readyz answers 503: /,
  },
  {
    title: 'a proxy that closes connections',
    proxy: 'nginx',
    config: `location ~ /stream$ { return 444; } ${SOUND}`,
    check: 'stream',
    saw: /^fault: the connection was closed without an answer$/,
  },
  {
    title: 'a page of another service at the address',
    proxy: 'nginx',
    config: `location / { default_type text/html; return 200 '<h1>Welcome</h1>'; }`,
    check: 'stream',
    saw: /^fault: 200, Content-Type text\/html: <h1>Welcome<\/h1>$/,
  },
  {
    title: 'a redirect',
    proxy: 'nginx',
    config: 'location / { return 301 https://elsewhere.example.com$request_uri; }',
    check: 'stream',
    saw: /^fault: 301/,
  },
  {
    title: 'a proxy that does not remove its prefix, because proxy_pass lacks the slash',
    proxy: 'nginx',
    config: `location /realtime/ { ${TO_SERVICE} }`,
    path: '/realtime',
    check: 'stream',
    saw: /^fault: 404/,
  },
  {
    title: 'a proxy that does not reach the service',
    proxy: 'nginx',
    config: 'location / { proxy_pass http://127.0.0.1:1; }',
    check: 'stream',
    saw: /^fault: 502/,
  },
  {
    title: 'a proxy that speaks HTTP/1.0',
    proxy: 'nginx',
    config: 'location / { proxy_pass http://service; proxy_http_version 1.0; proxy_buffering off; }',
    check: 'stream',
    saw: /^fault: 505/,
  },
  {
    title: 'a full service behind a proxy',
    proxy: 'nginx',
    config: `location / { proxy_pass http://full; ${STREAMING} }`,
    check: 'stream',
    saw: /^fault: 503, .*too_many_subscribers/,
    isSlow: true,
  },
  {
    title: 'a proxy that is less patient than a full service',
    proxy: 'HAProxy',
    config: 'timeout server 1s\nserver one 127.0.0.1:PORT(full)',
    check: 'stream',
    saw: /^fault: 504/,
  },
];

const HEAD: readonly BrokenSetUp[] = [
  {
    title: 'a proxy that drops the CORS header',
    proxy: 'nginx',
    config: `location / { ${TO_SERVICE} proxy_hide_header Access-Control-Allow-Origin; }`,
    check: 'cors',
    saw: /^fault: Access-Control-Allow-Origin is missing$/,
  },
  {
    title: 'a proxy that deletes the CORS header',
    proxy: 'HAProxy',
    config: `http-response del-header Access-Control-Allow-Origin\n${ONE_SERVER}`,
    check: 'cors',
    saw: /^fault: Access-Control-Allow-Origin is missing$/,
  },
  {
    title: 'a proxy that adds a second CORS header',
    proxy: 'nginx',
    config: `location / { ${TO_SERVICE} add_header Access-Control-Allow-Origin *; }`,
    check: 'cors',
    saw: /^fault: Access-Control-Allow-Origin: \*, \*$/,
  },
  {
    title: 'a proxy that allows another origin',
    proxy: 'HAProxy',
    config: `http-response set-header Access-Control-Allow-Origin https://other.example.com\n${ONE_SERVER}`,
    check: 'cors',
    saw: /^fault: Access-Control-Allow-Origin: https:\/\/other\.example\.com$/,
  },
  {
    title: 'a proxy that answers OPTIONS itself',
    proxy: 'nginx',
    config: `location / { if ($request_method = OPTIONS) { return 405; } ${TO_SERVICE} }`,
    check: 'cors',
    saw: /^fault: OPTIONS answers 405/,
  },
  {
    title: 'a proxy that drops the headers which a preflight allows',
    proxy: 'HAProxy',
    config: `http-response del-header Access-Control-Allow-Headers\n${ONE_SERVER}`,
    check: 'cors',
    saw: /^fault: OPTIONS answers 204, allowed headers: none$/,
  },
  {
    title: 'a proxy that compresses',
    proxy: 'nginx',
    config: `gzip on; gzip_types text/event-stream; gzip_proxied any; gzip_min_length 0; ${SOUND}`,
    check: 'compression',
    saw: /^fault: Content-Encoding: gzip$/,
    isSlow: true,
  },
  {
    // nginx passes chunks on as they come, but collects an answer without chunks, which HTTP/1.0 makes of it.
    title: 'a proxy that collects the answer',
    proxy: 'nginx',
    config: `location / { proxy_pass http://127.0.0.1:PORT(sound); proxy_http_version 1.0; proxy_ignore_headers X-Accel-Buffering; }`,
    check: 'buffering',
    saw: /^fault: no byte of the answer within 7 s$/,
    isSlow: true,
  },
  {
    title: 'a proxy that sends the head, and collects the body',
    proxy: 'nginx',
    config: `location / { proxy_pass http://127.0.0.1:PORT(sound); proxy_http_version 1.0; proxy_ignore_headers X-Accel-Buffering; postpone_output 0; }`,
    check: 'buffering',
    saw: /^fault: the head, and no byte of the body within 7 s$/,
    isSlow: true,
  },
  {
    title: 'a proxy that waits for the body',
    proxy: 'HAProxy',
    config: `http-response wait-for-body time 60s at-least 10000\n${ONE_SERVER}`,
    check: 'buffering',
    saw: /^fault: no byte of the answer within 7 s$/,
    isSlow: true,
  },
];

const UPDATE: readonly BrokenSetUp[] = [
  {
    title: 'a proxy that renames the event',
    proxy: 'nginx',
    config: replacing('event: environment_updated', 'event: changed'),
    check: 'event_name',
    saw: /^fault: the event has the name changed$/,
  },
  {
    title: "a proxy that drops the event's name",
    proxy: 'nginx',
    config: replacing('event: environment_updated\n', ''),
    check: 'event_name',
    saw: /^fault: the event has no name$/,
  },
  {
    title: 'a proxy that drops the token',
    proxy: 'nginx',
    config: `location / { ${TO_SERVICE} proxy_set_header Authorization ''; }`,
    check: 'update',
    saw: /^fault: the test update was not accepted: the service answered 401/,
  },
  {
    title: 'a proxy that refuses to pass a change on',
    proxy: 'HAProxy',
    config: `http-request deny if METH_POST\n${ONE_SERVER}`,
    check: 'update',
    saw: /^fault: the test update was not accepted: the service answered 403/,
  },
  {
    title: 'a proxy that passes changes to an instance on another log',
    proxy: 'nginx',
    config: `location ~ /queue-change$ { proxy_pass http://first; ${STREAMING} } ${SOUND}`,
    check: 'update',
    saw: /^fault: a test update did not arrive within 5 s$/,
    isSlow: true,
  },
  {
    title: 'a proxy that delays the end of an event',
    proxy: 'nginx',
    config: replacing(`}\n\n${KEEP_ALIVES}more`, ''),
    check: 'update',
    saw: /^fault: a test update did not arrive within 5 s$/,
    isSlow: true,
  },
  {
    title: 'a proxy that passes changes to an instance that hangs first',
    proxy: 'nginx',
    config: `location ~ /queue-change$ { proxy_pass http://hanging_first; ${STREAMING} proxy_read_timeout 2s; proxy_next_upstream timeout non_idempotent; } ${SOUND}`,
    check: 'update',
    saw: /^warning: a test update arrived after \d+ ms at most$/,
    isSlow: true,
  },
  {
    title: 'instances behind nginx without a log between them',
    proxy: 'nginx',
    config: `location / { proxy_pass http://apart; ${STREAMING} }`,
    check: 'instances',
    saw: /^fault: the update arrived on [1-7] of 8 streams$/,
    isSlow: true,
  },
  {
    title: 'instances behind HAProxy without a log between them',
    proxy: 'HAProxy',
    config: 'balance roundrobin\nserver one 127.0.0.1:PORT(first)\nserver two 127.0.0.1:PORT(second)',
    check: 'instances',
    saw: /^fault: the update arrived on [1-7] of 8 streams$/,
    isSlow: true,
  },
  {
    title: 'a proxy that allows an address only a few streams',
    proxy: 'nginx',
    config: `location / { limit_conn streams 4; ${TO_SERVICE} }`,
    check: 'instances',
    saw: /^warning: only [1-3] of 8 streams could be opened$/,
    isSlow: true,
  },
  {
    title: 'a proxy that adds the token to every request',
    proxy: 'nginx',
    config: `location / { ${TO_SERVICE} proxy_set_header Authorization 'Token TOKEN'; }`,
    check: 'queue_change',
    saw: /^fault: it accepts changes from here without a token$/,
  },
  {
    title: 'a proxy that fails on queue-change',
    proxy: 'nginx',
    config: `location ~ /queue-change$ { proxy_pass http://127.0.0.1:1; } ${SOUND}`,
    check: 'queue_change',
    saw: /^warning: it answers 502 to a request from here$/,
  },
  {
    title: 'a proxy that does not pass on a path with a doubled slash',
    proxy: 'nginx',
    config: `merge_slashes off; location ~ ^// { return 404; } ${SOUND}`,
    check: 'base_url',
    saw: /^warning: a path with a doubled slash answers 404$/,
  },
  {
    title: "a clock that is ahead, by the answers' Date",
    proxy: 'HAProxy',
    config: `http-request deny if { path_beg /debug/ }\nhttp-response set-header Date %[date(60),http_date]\n${ONE_SERVER}`,
    check: 'clock',
    saw: /^warning: the clocks here and of the service are (59|6[01])\.\d s apart$/,
  },
  {
    title: 'no clock, because there is no Date',
    proxy: 'HAProxy',
    config: `http-request deny if { path_beg /debug/ }\nhttp-response del-header Date\n${ONE_SERVER}`,
    check: 'clock',
    saw: /^skipped: no answer shows a clock: give --internal$/,
  },
];

const IDLE: readonly BrokenSetUp[] = [
  {
    title: 'a proxy that cuts idle streams',
    proxy: 'nginx',
    name: 'impatient',
    config: `location / { ${TO_SERVICE} proxy_read_timeout 2s; }`,
    patience: '5',
    check: 'idle_cut',
    saw: /^fault: the stream was cut after [2-4]\.\d s$/,
  },
  {
    // Its "timeout client" cuts no stream: it counts while the client has something to send.
    title: 'a proxy whose time-out for servers is short',
    proxy: 'HAProxy',
    config: `timeout server 2s\n${ONE_SERVER}`,
    patience: '5',
    check: 'idle_cut',
    saw: /^fault: the stream was cut after [2-4]\.\d s/,
  },
  {
    // Over HTTP/1.0 the end of the connection is the end of the answer, so that a cut looks like a proper end.
    title: 'a proxy that ends streams',
    proxy: 'nginx',
    config: 'location / { proxy_pass http://127.0.0.1:PORT(impatient); proxy_http_version 1.0; proxy_buffering off; }',
    patience: '5',
    check: 'idle_cut',
    saw: /^warning: the stream was ended after [2-4]\.\d s$/,
  },
  {
    title: 'a proxy that delays keep-alives',
    proxy: 'nginx',
    config: replacing(`${KEEP_ALIVES}more`, ''),
    patience: '20',
    check: 'keep_alive',
    saw: /^warning: no keep-alive in \d\d s$/,
  },
  {
    title: 'a proxy that answers only streams',
    proxy: 'HAProxy',
    name: 'hanging',
    config: `timeout tarpit 60s\nhttp-request tarpit unless METH_GET ${IS_STREAM}\n${ONE_SERVER}`,
    patience: '20',
    check: 'ready',
    saw: /^fault: \/readyz: no answer within 5 s$/,
  },
];

export const BROKEN_SET_UPS: readonly BrokenSetUp[] = [...STREAM, ...HEAD, ...UPDATE, ...IDLE];
