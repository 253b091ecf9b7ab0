import { digits, percent, type ScalingFacts } from './scenario.ts';

/** Half a core's time for one update to all of its subscribers in a second: the rest is for everything else. */
const SHARE_FOR_FAN_OUT = 0.5;
const SIZES = [1000, 10_000, 100_000, 1_000_000, 10_000_000];
/** Sessions that one process holds with 20,000 files. */
const STREAMS_PER_PROCESS = 19_000;
/** The memory of a process before its first subscriber, as the guide states. */
const EMPTY_PROCESS_MIB = 80;

/** Writes the measured figures, and what follows from them, into the marked places of docs/scaling.md. */
export function fillScaling(text: string, facts: Partial<ScalingFacts>): string {
  return between(between(text, 'figures', figures(facts)), 'sizing', sizing(facts));
}

function figures(facts: Partial<ScalingFacts>): string {
  const rows: readonly (readonly [string, string, string])[] = [
    ['an event to one of many subscribers of an environment', shown(facts.cpuPerEventUs, 1, 'µs of CPU'), 'fan-out'],
    ['an event, with one POST for each 15 of them', shown(facts.cpuPerEventOfManyUs, 1, 'µs of CPU'), 'environments'],
    ['a new stream', shown(facts.cpuPerConnectUs, 0, 'µs of CPU'), 'fan-out'],
    ['an idle stream', shown(kib(facts.bytesPerSubscriber), 2, 'KiB of resident memory'), 'fan-out'],
    ['an event over TLS, to one of many', shown(facts.cpuPerTlsEventUs, 1, 'µs of CPU'), 'tls'],
    ['a new stream over TLS, with its handshake (P-256)', shown(facts.cpuPerTlsConnectUs, 0, 'µs of CPU'), 'tls'],
    ['an idle stream over TLS', shown(kib(facts.bytesPerTlsConnection), 2, 'KiB of resident memory'), 'tls'],
    ['15,000 idle streams', facts.idleShare === undefined ? MISSING : `${percent(facts.idleShare)} of a core`, 'idle'],
    [
      'a change of one of 1,000 environments, stored in JetStream',
      shown(facts.cpuPerChangeUs, 0, 'µs of CPU'),
      'queue-change',
    ],
    ["the same, NATS's own share", shown(facts.natsCpuPerChangeUs, 0, 'µs of CPU'), 'queue-change'],
    ['15,000 reconnecting subscribers, to NATS', shown(facts.natsMessagesForReconnect, 0, 'messages'), 'reconnect'],
    [
      'from a POST at one instance to a subscriber at another, p50',
      shown(facts.propagationP50Ms, 1, 'ms'),
      'propagation',
    ],
    ['the same, p99', shown(facts.propagationP99Ms, 1, 'ms'), 'propagation'],
  ];
  return table(
    ['what', 'costs', 'from'],
    rows.map(([what, costs, scenario]) => [what, costs, `\`npm run bench -- ${scenario}\``]),
  );
}

function sizing({ cpuPerEventUs, bytesPerSubscriber, idleShare }: Partial<ScalingFacts>): string {
  if (cpuPerEventUs === undefined || bytesPerSubscriber === undefined || idleShare === undefined) return MISSING;
  const perCore = (SHARE_FOR_FAN_OUT * 1e6) / cpuPerEventUs;
  return table(
    [
      'subscribers',
      'cores',
      'processes of 20,000 files',
      'memory of the service',
      'CPU when idle',
      'one update to all, on these cores',
    ],
    SIZES.map((subscribers) => {
      const cores = Math.max(1, Math.ceil(subscribers / perCore));
      const processes = Math.max(1, Math.ceil(subscribers / STREAMS_PER_PROCESS));
      const memoryMiB = processes * EMPTY_PROCESS_MIB + (subscribers * bytesPerSubscriber) / 2 ** 20;
      return [
        digits(subscribers, 0),
        digits(cores, 0),
        digits(processes, 0),
        memoryMiB < 1024 ? `${digits(memoryMiB, 0)} MiB` : `${digits(memoryMiB / 1024, 1)} GiB`,
        `${digits((subscribers / 15_000) * idleShare, 2)} cores`,
        `${digits((subscribers * cpuPerEventUs) / cores / 1000, 0)} ms`,
      ];
    }),
  );
}

const MISSING = 'not measured yet: run `npm run bench`';

function shown(value: number | undefined, places: number, unit: string): string {
  return value === undefined ? MISSING : `${digits(value, places)} ${unit}`;
}

function kib(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / 1024;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @throws Error if the guide has no such place */
function between(text: string, place: string, content: string): string {
  const [begin, end] = [`<!-- bench: ${place} -->`, `<!-- bench: end of ${place} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/scaling.md has no place for its ${place}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
