// The console: what an operator wants to see of an instance, live. The token is kept in this page's memory alone.

import { Metrics } from './metrics.js';
import { Sparkline } from './sparkline.js';

const METRICS_EVERY_MS = 5000;
const SHOWN_LINES = 100;
const KEY_SHOWN = 6;

const element = (id) => document.getElementById(id);
let token = '';
/** Ends what is live: the feed, the metrics, a test stream. */
let session = new AbortController();
let testStream = new AbortController();
/** Keys that were clicked stay readable. */
const openKeys = new Set();

const number = (value) => (value === undefined ? '-' : Math.round(value).toLocaleString('en'));
const milliseconds = (seconds) => (seconds === undefined ? '-' : `${(seconds * 1000).toFixed(1)} ms`);
const perSecond = (value) => (value === undefined ? '-' : `${value < 10 ? value.toFixed(1) : number(value)} a second`);
const megabytes = (bytes) => (bytes === undefined ? '-' : `${number(bytes / 1e6)} MB`);
const time = (iso) => new Date(iso).toLocaleTimeString('en-GB');
const yesOrNo = (value) => (value ? 'yes' : 'no');

const VERDICTS = {
  ready: ['Ready', 'Clients are served, and changes are followed.'],
  starting: ['Not ready: starting', 'The log was not read yet. Look at the log below.'],
  log_unavailable: ['Not ready: the log is gone', 'Streams stay open. Changes are refused until it is back.'],
  full: ['Not ready: full', 'As many streams are open as may be. New ones get 503.'],
  draining: ['Draining', 'The instance stops, and its streams end.'],
};

function request(path, options = {}) {
  const headers = { ...options.headers, Authorization: `Token ${token}` };
  return fetch(path, { ...options, headers, cache: 'no-store' });
}

/** The events of a stream that is opened with the token: an EventSource has no headers. */
async function* eventsOf(path, signal) {
  const response = await request(path, { signal, headers: { Accept: 'text/event-stream' } });
  if (response.status !== 200) throw new Error(await errorOf(response));
  let rest = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    yield* events;
  }
}

async function errorOf(response) {
  const body = await response.json().catch(() => undefined);
  return body?.error?.message ?? `the service answered ${response.status}`;
}

function figures(list, entries) {
  list.replaceChildren(
    ...entries.flatMap(([name, value]) => {
      const [term, description] = [document.createElement('dt'), document.createElement('dd')];
      term.textContent = name;
      description.textContent = value;
      const pair = document.createElement('div');
      pair.append(term, description);
      return [pair];
    }),
  );
}

function rows(body, values) {
  body.replaceChildren(
    ...values.map((cells) => {
      const row = document.createElement('tr');
      for (const cell of cells) {
        const data = document.createElement('td');
        data.append(cell);
        row.append(data);
      }
      return row;
    }),
  );
}

/** A key is a name for strangers to open streams by: the screen shows it when it is clicked. */
function key(environment) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'key';
  const show = () => {
    const isOpen = openKeys.has(environment) || environment.length <= KEY_SHOWN;
    button.textContent = isOpen ? environment : `${environment.slice(0, KEY_SHOWN)}…`;
  };
  button.addEventListener('click', () => {
    openKeys.add(environment);
    element('environment').value = environment;
    show();
  });
  show();
  return button;
}

function ageOf(updatedAt) {
  if (!updatedAt.includes('.')) return '-';
  const seconds = Date.now() / 1000 - Number(updatedAt);
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${number(seconds / 60)} min`;
}

let overview;
let logError = '-';

function showOverview() {
  const { verdict, since, log, streams, environments, pending } = overview;
  const [title, why] = VERDICTS[verdict] ?? [verdict, ''];
  element('verdict').textContent = title;
  element('verdict').className = verdict === 'ready' ? 'good' : 'bad';
  element('verdict-why').textContent = `${why} Since ${time(since)}.`;
  figures(element('figures'), [
    ['Streams', `${number(streams.open)} of ${number(streams.max)}`],
    ['That do not read', number(streams.congested)],
    ['That are behind', number(streams.behind)],
    ['Environments', number(environments.known)],
    ['Passes running', number(environments.spreading)],
    ['Changes that wait for the log', number(pending)],
    ['Log', log.name],
    ['Log connected', yesOrNo(log.connected)],
    ['Log caught up', yesOrNo(log.caughtUp)],
    ['Log outlives a restart', yesOrNo(log.durable)],
    ['Last trouble with the log', logError],
    ...metricFigures,
  ]);
  rows(
    element('changed'),
    overview.changed.map(({ environment, updated_at, id, stored_at, streams: count, reached }) => [
      key(environment),
      time(stored_at),
      ageOf(updated_at),
      id,
      reached === null ? `- of ${number(count)}` : `${number(reached)} of ${number(count)}`,
    ]),
  );
  rows(
    element('busiest'),
    overview.busiest.map(({ environment, streams: count }) => [key(environment), number(count)]),
  );
}

function showLines(lines) {
  const list = element('lines');
  for (const { at, level, event, fields } of lines) {
    const shown = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'configuration'));
    const line = document.createElement('li');
    line.className = level;
    line.textContent = `${time(at)} ${level} ${event} ${Object.keys(shown).length > 0 ? JSON.stringify(shown) : ''}`;
    list.prepend(line);
    const isOfLog = event.startsWith('log_') || event.startsWith(`${overview.log.name}_`);
    if (level !== 'info' && isOfLog) logError = `${time(at)} ${event}`;
  }
  while (list.children.length > SHOWN_LINES) list.lastChild.remove();
}

let metricFigures = [];
let plots;

function makePlots() {
  const parent = element('plots');
  parent.replaceChildren();
  plots = {
    streams: new Sparkline(parent, 'Streams', number),
    p50: new Sparkline(parent, 'Delivery, median', milliseconds),
    p99: new Sparkline(parent, 'Delivery, 99th percentile', milliseconds),
    age: new Sparkline(parent, 'From updated_at to the client, median', milliseconds),
    opened: new Sparkline(parent, 'Streams opened', perSecond),
    changes: new Sparkline(parent, 'Changes', perSecond),
  };
}

/** Of all workers: the feed is that of the one that answers here. */
function showMetrics(now, before) {
  const closes = [...now.by('halyard_streams_closed_total', 'reason')].map(([reason, count]) => {
    const then = before.by('halyard_streams_closed_total', 'reason').get(reason) ?? 0;
    return `${reason} ${number(count)}${count > then ? ` (+${number(count - then)})` : ''}`;
  });
  const changes = [...now.by('halyard_queue_changes_total', 'outcome')]
    .filter(([outcome, count]) => count > 0 || outcome === 'stored')
    .map(([outcome, count]) => `${outcome} ${number(count)}`);
  const workers = now.sum('halyard_build_info');
  const files = `${number(now.sum('process_open_fds'))} of ${number(now.sum('process_max_fds'))}`;
  metricFigures = [
    ['Changes', changes.join(', ')],
    ['Streams that ended', closes.join(', ')],
    ['Streams opened', perSecond(now.rate('flagsmith_sse_subscribers_total', before))],
    ['Memory', megabytes(now.sum('process_resident_memory_bytes'))],
    ['Open files', files],
    ['Event loop lag, 99th percentile', milliseconds(now.sum('nodejs_eventloop_lag_p99_seconds'))],
    ['Workers', number(workers)],
  ];
  const latency = 'halyard_delivery_latency_seconds';
  plots.streams.add(now.sum('flagsmith_sse_subscribers'));
  plots.p50.add(now.quantile(latency, 0.5, before));
  plots.p99.add(now.quantile(latency, 0.99, before));
  plots.age.add(now.quantile('halyard_update_age_seconds', 0.5, before));
  plots.opened.add(now.rate('flagsmith_sse_subscribers_total', before));
  plots.changes.add(now.rate('halyard_queue_changes_total', before));
}

async function followMetrics(signal) {
  let before;
  while (!signal.aborted) {
    try {
      const now = new Metrics(await (await request('/metricsz', { signal })).text());
      if (before !== undefined) showMetrics(now, before);
      before = now;
    } catch {
      // The feed says that the service is away.
    }
    await new Promise((resolve) => setTimeout(resolve, METRICS_EVERY_MS));
  }
}

async function followFeed(signal) {
  let isFirst = true;
  while (!signal.aborted) {
    try {
      for await (const event of eventsOf('/console/events', signal)) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        const state = JSON.parse(data);
        overview = state.overview;
        if (isFirst) element('lines').replaceChildren();
        isFirst = false;
        showLines(state.lines);
        showOverview();
        element('connection').textContent = `Live, ${new Date().toLocaleTimeString('en-GB')}`;
      }
      isFirst = true;
      element('connection').textContent = 'The stream ended. Connecting again.';
    } catch (error) {
      if (signal.aborted) return;
      isFirst = true;
      element('connection').textContent = `Not connected: ${error.message}. Connecting again.`;
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

async function signIn(event) {
  event.preventDefault();
  token = element('token').value;
  element('token').value = '';
  const check = new AbortController();
  try {
    const response = await request('/console/events', { signal: check.signal });
    if (response.status !== 200) throw new Error(await errorOf(response));
  } catch (error) {
    token = '';
    element('sign-in-error').textContent = `Not signed in: ${error.message}`;
    element('token').focus();
    return;
  } finally {
    check.abort();
  }
  element('sign-in-error').textContent = '';
  element('sign-in').hidden = true;
  element('console').hidden = false;
  element('sign-out').hidden = false;
  makePlots();
  session = new AbortController();
  void followFeed(session.signal);
  void followMetrics(session.signal);
  element('environment').focus();
}

function signOut() {
  token = '';
  session.abort();
  testStream.abort();
  element('console').hidden = true;
  element('sign-out').hidden = true;
  element('sign-in').hidden = false;
  element('connection').textContent = 'Not signed in';
  element('token').focus();
}

function chosenEnvironment() {
  const input = element('environment');
  return input.reportValidity() ? input.value : undefined;
}

async function show(action) {
  try {
    element('try-result').textContent = await action();
  } catch (error) {
    element('try-result').textContent = error.message;
  }
}

function lookUp(event) {
  event.preventDefault();
  const environment = chosenEnvironment();
  if (environment === undefined) return;
  void show(async () => {
    const response = await request(`/debug/environments/${environment}`);
    if (response.status !== 200) throw new Error(await errorOf(response));
    const report = await response.json();
    figures(element('report'), [
      ['Streams here', number(report.subscribers)],
      ['That have not received the latest', number(report.behind)],
      ['That do not read', number(report.congested)],
      ['Latest change', report.latest?.updated_at ?? 'none that is known'],
      ['Stored', report.latest === null ? '-' : time(report.latest.stored_at)],
      ['A new client receives', report.register?.updated_at ?? 'nothing'],
      ['Waits for the log', report.pending ?? 'nothing'],
    ]);
    return explain(report);
  });
}

function explain({ epoch, subscribers, behind, congested, latest }) {
  if (epoch === 0) return 'This instance does not follow the log, so it receives no changes.';
  if (latest === null)
    return 'No change of this environment was received. Does Flagsmith post to this service, with this key?';
  if (subscribers === 0) return 'No stream is open here: the client is at another instance, or has another key.';
  if (congested > 0) return `${congested} clients do not read: look at their network, or at a proxy.`;
  if (behind > 0) return `${behind} clients are still to receive the latest change.`;
  return 'Every client here has received the latest change.';
}

async function openStream() {
  const environment = chosenEnvironment();
  if (environment === undefined) return;
  testStream.abort();
  testStream = new AbortController();
  const { signal } = testStream;
  const output = element('stream');
  output.textContent = '';
  let isOpen = false;
  await show(async () => {
    try {
      for await (const event of eventsOf(`/console/streams/${environment}`, signal)) {
        output.textContent = `${new Date().toLocaleTimeString('en-GB')}\n${event}\n\n${output.textContent}`.slice(
          0,
          20000,
        );
        if (!isOpen) element('try-result').textContent = 'The stream is open.';
        isOpen = true;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return signal.aborted ? 'The stream was closed.' : 'The stream ended.';
  });
}

function sendChange() {
  const environment = chosenEnvironment();
  if (environment === undefined) return;
  void show(async () => {
    const response = await request(`/sse/environments/${environment}/queue-change`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `{"updated_at":${(Date.now() / 1000).toFixed(6)}}`,
    });
    if (response.status !== 200) throw new Error(await errorOf(response));
    return 'The change was sent. Clients of this environment fetch their flags now.';
  });
}

element('sign-in-form').addEventListener('submit', signIn);
element('sign-out').addEventListener('click', signOut);
element('try-form').addEventListener('submit', lookUp);
element('open-stream').addEventListener('click', () => void openStream());
element('send-change').addEventListener('click', sendChange);
element('only-trouble').addEventListener('change', ({ target }) =>
  element('lines').classList.toggle('only-trouble', target.checked),
);
element('token').focus();
