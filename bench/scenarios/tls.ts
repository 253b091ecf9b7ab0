import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { withJetStream } from '../jetstream.ts';
import { type LoadReport, type LoadTarget, percentileMs } from '../load.ts';
import { compileTlsLoad } from '../native.ts';
import {
  atMost,
  type Bench,
  digits,
  expectWhole,
  type Findings,
  type Measured,
  measured,
  median,
  pause,
  percent,
  type Table,
  withLoad,
  withSubject,
} from '../scenario.ts';
import { type Subject, type SubjectName, type SubjectOptions, TITLES } from '../subject.ts';
import { CertificateFiles } from '../../tests/support/servers/certificate-files.ts';
import { makeCertificate } from '../../tests/support/servers/certificate.ts';
import { SUBSCRIBERS } from './fan-out.ts';

/** Enough that a connection's memory stands out from the normal changes of a server's heap. */
const CONNECTIONS = 10_000;
/** In the same ratio to them as in the scenario in the clear. */
const WARM_UP_STREAMS = 300;

/** A server, and what subscribers speak to it. */
interface Way {
  readonly name: SubjectName;
  readonly protocol: 'http/1.1' | 'h2';
  /** Measured only in the first pass: far from the others, and slow. */
  readonly isOnce?: boolean;
}

const OURS: Way = { name: 'halyard', protocol: 'http/1.1' };
const NCHAN: Way = { name: 'nchan', protocol: 'http/1.1' };
const WAYS: readonly Way[] = [
  OURS,
  NCHAN,
  { name: 'nchan', protocol: 'h2' },
  { name: 'halyard', protocol: 'h2', isOnce: true },
  { name: 'node-http', protocol: 'http/1.1', isOnce: true },
];

/** How many handshakes are made with each kind of key: about two seconds of a slow server's time. */
const KEYS: readonly (readonly [kind: string, connects: number, keys: () => KeyPairKeyObjectResult])[] = [
  ['P-256', 5000, () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['P-384', 2000, () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['RSA-2048', 2000, () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['RSA-4096', 500, () => generateKeyPairSync('rsa', { modulusLength: 4096 })],
];

const STORM = 5000;
const [LIVE_STREAMS, LIVE_EVERY_MS] = [100, 20];

interface Pass {
  readonly bytesPerConnection: number;
  readonly cpuPerConnectUs: number;
  readonly cpuPerEventUs: number;
  readonly reachAllMs: number;
  readonly p99Ms: number;
  readonly connecting: Measured;
  readonly spreading: Measured;
}

export const tls = {
  name: 'tls',
  title: 'HTTPS: each subscriber on a TLS connection of its own',
  about:
    `First ${digits(CONNECTIONS, 0)} connections to each server in turn, as in the first scenario of this ` +
    'page. A figure is the median of the passes, and the last two servers take part only in the first pass. ' +
    'All are offered the same: TLS 1.3, TLS_AES_128_GCM_SHA256, X25519, no resumption, a P-256 key. nginx has ' +
    'a buffer of 4 KB for each connection instead of 16. A connect includes a request and the head of its ' +
    'answer. Then connects by type of key: the rate of a core follows from the processor time. Then one update ' +
    `after the other to ${digits(SUBSCRIBERS, 0)} streams on JetStream. Then ${digits(LIVE_STREAMS, 0)} ` +
    `streams with an update every ${LIVE_EVERY_MS} ms, while ${digits(STORM, 0)} clients connect at once: how ` +
    'late an update is. The generator is not the bottleneck if it is busy for less than 100 % of its own core. ' +
    'In a connect with a P-256 key a client has more work than a fast server, so there the rate is the ' +
    "client's, and the processor time is the figure. A server that waits between connects does each in a turn " +
    'of its own, which costs it rather more.',
  async run(bench: Bench): Promise<Findings> {
    const secured = { ...bench, load: await compileTlsLoad() };
    const files = await CertificateFiles.make();
    try {
      const servers = await compare(secured, files);
      const keys = await byKey(secured);
      const jetStream = await onJetStream(secured, files);
      const storm = await storms(secured, files);
      return {
        ...servers,
        tables: [...servers.tables, keys, jetStream.table, storm],
        bars: [...servers.bars, jetStream.bar],
      };
    } finally {
      await files.remove();
    }
  },
};

/** Where the subscribers and the posts of a server connect. */
function reach({ port, tlsPort }: Subject, protocol: Way['protocol']): LoadTarget {
  if (tlsPort === undefined) throw new Error('the server speaks no TLS');
  return { port: tlsPort, postPort: port, tls: protocol };
}

function secure({ certFile, keyFile }: CertificateFiles, protocol: Way['protocol']): Pick<SubjectOptions, 'tls'> {
  return { tls: { protocol, certFile, keyFile } };
}

function titleOf({ name, protocol }: Way): string {
  return `${TITLES[name].replace('node:http', 'node:https')}, HTTP/${protocol === 'h2' ? '2' : '1.1'}`;
}

async function pass(bench: Bench, files: CertificateFiles, { name, protocol }: Way, rounds: number): Promise<Pass> {
  return withSubject(bench, name, secure(files, protocol), (subject) =>
    withLoad(bench, reach(subject, protocol), async (load) => {
      expectWhole(name, await load.open({ n: WARM_UP_STREAMS }));
      expectWhole(name, await load.run({ updates: 5 }));
      await load.close();
      await pause(500);
      const emptyBytes = subject.process.residentBytes();
      const connecting = await measured(subject, () => load.open({ n: CONNECTIONS }));
      expectWhole(name, connecting.report);
      await pause(1000);
      const fullBytes = subject.process.residentBytes();
      expectWhole(name, await load.run({ updates: 3 }));
      const spreading = await measured(subject, () => load.run({ updates: rounds }));
      const { report } = spreading;
      expectWhole(name, report);
      if (report.events !== rounds * CONNECTIONS) throw new Error(`${name}: ${report.events} events received`);
      return {
        bytesPerConnection: (fullBytes - emptyBytes) / CONNECTIONS,
        cpuPerConnectUs: connecting.serverUs / CONNECTIONS,
        cpuPerEventUs: spreading.serverUs / report.events,
        reachAllMs: percentileMs(report.reach, 50),
        p99Ms: percentileMs(report.latency, 99),
        connecting,
        spreading,
      };
    }),
  );
}

async function compare(bench: Bench, files: CertificateFiles): Promise<Findings> {
  const [passes, rounds] = bench.isQuick ? [1, 5] : [3, 10];
  const results = new Map<Way, Pass[]>(WAYS.map((way) => [way, []]));
  for (let count = 1; count <= passes; count++)
    for (const way of WAYS) {
      if (count > 1 && way.isOnce === true) continue;
      bench.say(`pass ${count} of ${passes}: ${titleOf(way)}`);
      results.get(way)?.push(await pass(bench, files, way, rounds));
    }
  const of = (way: Way, figure: (of: Pass) => number): number => median((results.get(way) ?? []).map(figure));
  /** Within a pass. */
  const ratio = (figure: (of: Pass) => number): number => {
    const theirs = results.get(NCHAN) ?? [];
    return median((results.get(OURS) ?? []).map((one, index) => figure(one) / figure(theirs[index] as Pass)));
  };
  const memory = (one: Pass): number => one.bytesPerConnection;
  const cpu = (one: Pass): number => one.cpuPerEventUs;
  const connect = (one: Pass): number => one.cpuPerConnectUs;
  const busy = (way: Way, phase: (of: Pass) => Measured): string =>
    `${percent(of(way, (one) => phase(one).serverShare))} / ${percent(of(way, (one) => phase(one).loadShare))}`;
  return {
    tables: [
      {
        head: ['server', 'memory of a connection', 'CPU of a connect', 'server / generator busy'],
        rows: WAYS.map((way) => [
          titleOf(way),
          `${digits(of(way, memory) / 1024, 1)} KiB`,
          `${digits(of(way, connect), 0)} µs`,
          busy(way, (one) => one.connecting),
        ]),
      },
      {
        head: ['server', 'CPU per event', 'all reached in', 'POST to receipt p99', 'server / generator busy'],
        rows: WAYS.map((way) => [
          titleOf(way),
          `${digits(of(way, cpu), 1)} µs`,
          `${digits(
            of(way, (one) => one.reachAllMs),
            0,
          )} ms`,
          `${digits(
            of(way, (one) => one.p99Ms),
            0,
          )} ms`,
          busy(way, (one) => one.spreading),
        ]),
      },
    ],
    bars: [
      atMost('memory of a TLS connection with a stream, against nchan', ratio(memory), 0.2, '×'),
      atMost('CPU per event over TLS, against nchan', ratio(cpu), 0.8, '×'),
      atMost('CPU of a TLS connect with a P-256 key, against nchan', ratio(connect), 0.8, '×'),
    ],
    facts: {
      cpuPerTlsEventUs: of(OURS, cpu),
      bytesPerTlsConnection: of(OURS, memory),
      cpuPerTlsConnectUs: of(OURS, connect),
    },
  };
}

async function byKey(bench: Bench): Promise<Table> {
  const rows: string[][] = [];
  const issuer = makeCertificate();
  for (const [kind, connects, keys] of KEYS) {
    bench.say(`connects with a key of ${kind}`);
    const files = await CertificateFiles.make();
    try {
      await files.put(makeCertificate({ issuer, keys: keys() }));
      const { serverUs, serverShare, loadShare, report } = await withSubject(
        bench,
        OURS.name,
        secure(files, OURS.protocol),
        (subject) =>
          withLoad(bench, reach(subject, OURS.protocol), async (load) => {
            expectWhole(kind, await load.open({ n: 50 }));
            return measured(subject, () => load.open({ n: connects }));
          }),
      );
      expectWhole(kind, report);
      const cpuUs = serverUs / connects;
      rows.push([
        kind,
        `${digits(cpuUs, 0)} µs`,
        `${digits(1e6 / cpuUs, 0)} /s`,
        `${digits(connects / (report.us / 1e6), 0)} /s`,
        `${percent(serverShare)} / ${percent(loadShare)}`,
      ]);
    } finally {
      await files.remove();
    }
  }
  return { head: ['key', 'CPU of a connect', 'a core takes', 'taken in this run', 'server / generator busy'], rows };
}

async function onJetStream(
  bench: Bench,
  files: CertificateFiles,
): Promise<{ readonly table: Table; readonly bar: Findings['bars'][number] }> {
  bench.say(`${digits(SUBSCRIBERS, 0)} streams on JetStream`);
  const rounds = bench.isQuick ? 5 : 10;
  const { latency, reach: reached } = await withJetStream(({ env }) =>
    withSubject(bench, OURS.name, { env, ...secure(files, OURS.protocol) }, (subject) =>
      withLoad(bench, reach(subject, OURS.protocol), async (load) => {
        expectWhole('JetStream', await load.open({ n: SUBSCRIBERS }));
        expectWhole('JetStream', await load.run({ updates: 3 }));
        return expectWhole('JetStream', await load.run({ updates: rounds }));
      }),
    ),
  );
  return {
    table: {
      head: [
        `${digits(SUBSCRIBERS, 0)} streams over TLS, JetStream`,
        'POST to receipt p50',
        'p99',
        'slowest',
        'all reached in',
      ],
      rows: [
        [
          titleOf(OURS),
          ...[50, 99, 100].map((point) => `${digits(percentileMs(latency, point), 0)} ms`),
          `${digits(percentileMs(reached, 50), 0)} ms`,
        ],
      ],
    },
    bar: atMost('p99 from POST to receipt, 15,000 streams over TLS, JetStream', percentileMs(latency, 99), 250, 'ms'),
  };
}

/** Only the servers that can face any number of clients directly: the others took part above. */
async function storms(bench: Bench, files: CertificateFiles): Promise<Table> {
  const rows: string[][] = [];
  for (const way of [OURS, NCHAN]) {
    bench.say(`a storm of ${digits(STORM, 0)} connects: ${titleOf(way)}`);
    rows.push(await storm(bench, files, way));
  }
  return {
    head: [
      'server',
      'POST to receipt p50 / slowest, without the storm',
      'in the storm',
      'storm served after',
      'not served',
      'server busy at most',
    ],
    rows,
  };
}

function storm(bench: Bench, files: CertificateFiles, way: Way): Promise<string[]> {
  const { name, protocol } = way;
  return withSubject(bench, name, secure(files, protocol), (subject) =>
    withLoad(bench, reach(subject, protocol), (live) =>
      // Another environment, because the storm must only connect.
      withLoad(bench, { ...reach(subject, protocol), name: 'storm', isBackground: true }, async (storming) => {
        expectWhole(name, await live.open({ n: LIVE_STREAMS }));
        const updatesIn = (ms: number): { updates: number; every_us: number; pool: number } => ({
          updates: Math.round(ms / LIVE_EVERY_MS),
          every_us: LIVE_EVERY_MS * 1000,
          // A post that waits for its answer must not delay the next one.
          pool: 16,
        });
        expectWhole(name, await live.run(updatesIn(500)));
        const quiet = expectWhole(name, await live.run(updatesIn(2000)));
        const during: Measured[] = [];
        const storm = { isOver: false };
        const came = storming.open({ n: STORM, in_flight: STORM }).finally(() => (storm.isOver = true));
        // Round by round, so that the count ends with the storm.
        while (!storm.isOver) during.push(await measured(subject, () => live.run(updatesIn(100))));
        const served = await came;
        for (const { report } of during) expectWhole(name, report);
        return [
          titleOf(way),
          lateness([quiet]),
          lateness(during.map(({ report }) => report)),
          `${digits(served.us / 1e6, 2)} s`,
          digits(STORM - served.opened, 0),
          percent(Math.max(...during.map(({ serverShare }) => serverShare))),
        ];
      }),
    ),
  );
}

function lateness(reports: readonly LoadReport[]): string {
  const typical = median(reports.map(({ latency }) => percentileMs(latency, 50)));
  const slowest = Math.max(...reports.map(({ latency }) => percentileMs(latency, 100)));
  return `${digits(typical, 1)} / ${digits(slowest, 1)} ms`;
}
