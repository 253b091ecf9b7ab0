// The console: what an operator wants to see of an instance, live. The token is kept in this page's memory alone.

import { pastFigures } from './history.js';
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
const milliseconds = (seconds) => {
  if (seconds === undefined) return '-';
  return seconds < 0.1 ? `${(seconds * 1000).toFixed(1)} ms` : `${number(seconds * 1000)} ms`;
};
const perSecond = (value) => (value === undefined ? '-' : `${value < 10 ? value.toFixed(1) : number(value)} a second`);
const megabytes = (bytes) => (bytes === undefined ? '-' : `${number(bytes / 1e6)} MB`);
const time = (iso) => new Date(iso).toLocaleTimeString('en-GB');
const yesOrNo = (value) => (value ? 'yes' : 'no');
/** With the day, where that is another one than today. */
const when = (iso) => {
  const [then, today] = [new Date(iso).toLocaleDateString('en-CA'), new Date().toLocaleDateString('en-CA')];
  return then === today ? time(iso) : `${then} ${time(iso)}`;
};
const ofLimit = (value, limit, format) => {
  if (value === undefined || !(limit > 0)) return format(value);
  return `${format(value)} of ${format(limit)} (${((value / limit) * 100).toFixed(0)} %)`;
};
/** Where the alert of docker/prometheus is. */
const LAG_ALERT = '250 ms';

const VERDICTS = {
  ready: ['Ready', 'Clients are served, and changes are followed.'],
  starting: ['Not ready: starting', 'The log has not been read yet. Look at the log below.'],
  log_unavailable: [
    'Not ready: the log is unreachable',
    'Streams stay open. Changes are refused until it is reachable again.',
  ],
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

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** What is there already stays, with what a reader has selected or is being read aloud. */
function figures(list, entries) {
  if (list.children.length !== entries.length)
    list.replaceChildren(
      ...entries.map(() => {
        const pair = document.createElement('div');
        pair.append(document.createElement('dt'), document.createElement('dd'));
        return pair;
      }),
    );
  for (const [index, [name, value]] of entries.entries()) {
    const [term, description] = list.children[index].children;
    setText(term, name);
    setText(description, value);
  }
}

/**
 * Shows rows, each by its name. A row that was there before is kept, and the focus stays on it.
 *
 * @param {HTMLElement} body
 * @param {(() => Node | string)} first makes the first cell of a name
 * @param {[name: string, ...string[]][]} values
 */
function rows(body, first, values) {
  const known = new Map([...body.children].map((row) => [row.dataset.name, row]));
  const shown = values.map(([name, ...texts]) => {
    const row = known.get(name) ?? newRow(name, first(name), texts.length);
    for (const [index, text] of texts.entries()) setText(row.children[index + 1], text);
    return row;
  });
  if (shown.length === body.children.length && shown.every((row, index) => row === body.children[index])) return;
  const focused = body.contains(document.activeElement) ? document.activeElement : undefined;
  body.replaceChildren(...shown);
  focused?.focus({ preventScroll: true });
}

function newRow(name, first, texts) {
  const row = document.createElement('tr');
  row.dataset.name = name;
  for (let cells = 0; cells <= texts; cells++) row.append(document.createElement('td'));
  row.firstChild.append(first);
  return row;
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

function showOverview() {
  const { worker, verdict, since, log, streams, environments, pending } = overview;
  const [title, why] = VERDICTS[verdict] ?? [verdict, ''];
  setText(element('verdict'), title);
  element('verdict').className = verdict === 'ready' ? 'good' : 'bad';
  setText(element('verdict-why'), `${why} Since ${when(since)}.`);
  for (const scope of document.querySelectorAll('[data-scope]'))
    setText(scope, worker === null ? '' : scope.dataset.scope === 'all' ? ', all workers' : `, worker ${worker}`);
  figures(element('log'), [
    ['Kind', log.name],
    ['Connected', `${yesOrNo(log.connected)}, since ${when(log.connectedSince)}`],
    ['Caught up', `${yesOrNo(log.caughtUp)}, since ${when(log.caughtUpSince)}`],
    ['Outlives a restart', yesOrNo(log.durable)],
    ['Last trouble', troubleText(log.trouble)],
  ]);
  figures(element('figures'), [
    ['Streams', `${number(streams.open)} of ${number(streams.max)}`],
    ['That do not read', number(streams.congested)],
    ['That are behind', number(streams.behind)],
    ['Environments', number(environments.known)],
    ['Passes running', number(environments.spreading)],
    ['Changes waiting', number(pending)],
  ]);
  rows(
    element('changed'),
    key,
    overview.changed.map(({ environment, updated_at, id, stored_at, streams: count, reached }) => [
      environment,
      time(stored_at),
      ageOf(updated_at),
      id,
      reached === null ? `- of ${number(count)}` : `${number(reached)} of ${number(count)}`,
    ]),
  );
  rows(
    element('busiest'),
    key,
    overview.busiest.map(({ environment, streams: count }) => [environment, number(count)]),
  );
}

function troubleText(trouble) {
  if (trouble === null) return 'none since the start';
  const { at, event, fields } = trouble;
  const why = [fields.operation, fields.reason, fields.effects].filter((each) => typeof each === 'string');
  return `${when(at)} ${[event, ...why].join(': ')}`;
}

function showLines(lines) {
  const list = element('lines');
  for (const { at, level, event, fields } of lines) {
    const { environment, ...shown } = fields;
    delete shown.configuration;
    const line = document.createElement('li');
    line.className = level;
    line.textContent = `${time(at)} ${level} ${event} ${Object.keys(shown).length > 0 ? JSON.stringify(shown) : ''} `;
    if (typeof environment === 'string') line.append(key(environment));
    list.prepend(line);
  }
  while (list.children.length > SHOWN_LINES) list.lastChild.remove();
}

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
  const lag = milliseconds(now.sum('nodejs_eventloop_lag_p99_seconds'));
  figures(element('totals'), [
    ['Changes', changes.join(', ')],
    ['Streams that ended', closes.join(', ')],
    ['Streams opened', perSecond(now.rate('flagsmith_sse_subscribers_total', before))],
    ['Streams of all workers', number(now.sum('flagsmith_sse_subscribers'))],
    ['Memory', ofLimit(now.sum('process_resident_memory_bytes'), now.sum('halyard_memory_limit_bytes'), megabytes)],
    ['Open files', ofLimit(now.sum('process_open_fds'), now.sum('process_max_fds'), number)],
    ['Event loop lag, 99th percentile', `${lag}; too much above ${LAG_ALERT}`],
  ]);
  const latency = 'halyard_delivery_latency_seconds';
  addToPlots({
    streams: now.sum('flagsmith_sse_subscribers'),
    p50: now.quantile(latency, 0.5, before),
    p99: now.quantile(latency, 0.99, before),
    age: now.quantile('halyard_update_age_seconds', 0.5, before),
    opened: now.rate('flagsmith_sse_subscribers_total', before),
    changes: now.rate('halyard_queue_changes_total', before),
  });
  drawPlots();
  showWorkers(now);
}

function showWorkers(now) {
  const up = [...now.by('halyard_worker_up', 'worker')].sort(([a], [b]) => Number(a) - Number(b));
  element('workers-section').hidden = up.length === 0;
  const figure = (name, worker) => now.by(`halyard_worker_${name}`, 'worker').get(worker);
  const isTrue = (value) => (value === undefined ? '-' : yesOrNo(value));
  rows(
    element('workers'),
    (worker) => worker,
    up.map(([worker, answers]) => [
      worker,
      yesOrNo(answers),
      number(figure('subscribers', worker)),
      number(figure('channels_spreading', worker)),
      isTrue(figure('log_connected', worker)),
      isTrue(figure('log_caught_up', worker)),
      megabytes(figure('resident_memory_bytes', worker)),
      milliseconds(figure('eventloop_lag_p99_seconds', worker)),
    ]),
  );
}

function addToPlots(values, agoMs) {
  for (const [name, value] of Object.entries(values)) plots[name].add(value, agoMs);
}

function drawPlots() {
  for (const plot of Object.values(plots)) plot.draw();
}

/** A service that has no history to give is seen from now on. */
async function showHistory(signal) {
  const response = await request('/console/history', { signal });
  if (response.status !== 200) return;
  for (const { agoMs, figures: past } of pastFigures(await response.json())) addToPlots(past, agoMs);
  drawPlots();
}

async function followMetrics(signal) {
  await showHistory(signal).catch(() => undefined);
  let before;
  while (!signal.aborted) {
    try {
      const now = new Metrics(await (await request('/metricsz', { signal })).text());
      if (before !== undefined) showMetrics(now, before);
      before = now;
    } catch {
      // The feed reports that the service is unreachable.
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
        setText(element('connection'), 'Live');
        element('live-at').textContent = new Date().toLocaleTimeString('en-GB');
      }
      isFirst = true;
      setText(element('connection'), 'The stream ended. Connecting again.');
    } catch (error) {
      if (signal.aborted) return;
      isFirst = true;
      setText(element('connection'), `Not connected: ${error.message}. Connecting again.`);
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
  element('to-try').hidden = false;
  element('verdict').focus();
}

function signOut() {
  token = '';
  session.abort();
  testStream.abort();
  element('console').hidden = true;
  element('sign-out').hidden = true;
  element('to-try').hidden = true;
  element('sign-in').hidden = false;
  setText(element('connection'), 'Not signed in');
  element('live-at').textContent = '';
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
