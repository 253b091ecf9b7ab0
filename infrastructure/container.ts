import cluster from 'node:cluster';
import 'reflect-metadata';
import { Container, type ServiceIdentifier } from 'inversify';
import { HttpFlagsmithApi } from '../adapters/flagsmith/http-flagsmith-api.ts';
import { ConnectionBudget } from '../adapters/http/connection-budget.ts';
import { ConsoleFeed } from '../adapters/http/console/console-feed.ts';
import { ConsoleRoutes } from '../adapters/http/console/console-routes.ts';
import { FlagsRoutes } from '../adapters/http/flags-routes.ts';
import { HeldRefusals } from '../adapters/http/held-refusals.ts';
import type { ListenAddress } from '../adapters/http/listen-address.ts';
import { NodeServer } from '../adapters/http/node/server.ts';
import { HealthRoutes } from '../adapters/http/health-routes.ts';
import { EvaluateRoutes } from '../adapters/http/ofrep/evaluate-routes.ts';
import { OperatorRoutes } from '../adapters/http/operator-routes.ts';
import { QueueChangeRoutes } from '../adapters/http/queue-change-routes.ts';
import { type RouteGroup, Routes } from '../adapters/http/routes.ts';
import { OfrepStreamRoutes } from '../adapters/http/ofrep/ofrep-stream-routes.ts';
import { SseEncoder } from '../adapters/http/sse.ts';
import { StreamRoutes } from '../adapters/http/stream-routes.ts';
import { TlsCertificate } from '../adapters/http/tls-certificate.ts';
import { UwsServer } from '../adapters/http/uws/server.ts';
import { type SignedBody, SignatureDoor } from '../adapters/http/webhooks/signature-door.ts';
import { webhookRoutes } from '../adapters/http/webhooks/webhook-routes.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import { SharedTokens } from '../adapters/system/shared-tokens.ts';
import { TokenDoor } from '../adapters/system/token-door.ts';
import { PinoLogger } from '../adapters/telemetry/pino-logger.ts';
import { PrometheusPage } from '../adapters/telemetry/prometheus-page.ts';
import { PrometheusTelemetry } from '../adapters/telemetry/prometheus-telemetry.ts';
import { RecentLines } from '../adapters/telemetry/recent-lines.ts';
import { Drain } from '../application/drain.ts';
import { FlagsFeed } from '../application/flags-feed.ts';
import { FlagsRelay } from '../application/flags-relay.ts';
import { Health } from '../application/health.ts';
import { History } from '../application/history.ts';
import { Hub } from '../application/hub.ts';
import { Hubs } from '../application/hubs.ts';
import { Inspection } from '../application/inspection.ts';
import { InstanceGauges } from '../application/instance-gauges.ts';
import { LogTail } from '../application/log-tail.ts';
import { OfrepBridge } from '../application/ofrep-bridge.ts';
import { Overview } from '../application/overview.ts';
import { StreamOpener } from '../application/stream-opener.ts';
import { StreamRoom } from '../application/stream-room.ts';
import { PendingUpdates } from '../application/pending-updates.ts';
import type { ChangeDoor } from '../application/ports/change-door.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { FlagsmithApi } from '../application/ports/flagsmith-api.ts';
import type { HttpListener } from '../application/ports/http-listener.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Gauges } from '../application/ports/gauges.ts';
import type { MetricsPage } from '../application/ports/metrics-page.ts';
import type { Streams } from '../application/ports/streams.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { TokenCheck } from '../application/ports/token-check.ts';
import type { LogFollower, UpdateLog } from '../application/ports/update-log.ts';
import { RecentChanges } from '../application/recent-changes.ts';
import { QueueChange } from '../application/queue-change.ts';
import { Repairs } from '../application/repairs.ts';
import { RepeatedChanges } from '../application/repeated-changes.ts';
import { Sampler } from '../application/sampler.ts';
import { Sweep } from '../application/sweep.ts';
import { DEFAULT_SLICES, type Slices } from '../application/turns.ts';
import type { Config } from './config.ts';
import { LOGS } from './logs.ts';
import { Service } from './service.ts';
import { onOrder, report } from './worker-message.ts';
import { WorkerHistory } from './worker-history.ts';
import { WorkerMetrics } from './worker-metrics.ts';
import { version } from './version.ts';

/**
 * The least time between two events of one environment on OFREP streams, in milliseconds. Providers postpone a fetch
 * while events arrive, and if the answers to two fetches overtake each other they keep the older one.
 */
const OFREP_SPACING_MS = 1000;

function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol(name);
}

/** What can be rebound: a test that swaps an adapter binds its own here. */
export const TOKENS = {
  clock: token<Clock>('Clock'),
  random: token<() => number>('Random'),
  logger: token<Logger>('Logger'),
  /** The output of log lines; `logger` may also remember some. */
  lineOutput: token<Logger>('LineOutput'),
  telemetry: token<Telemetry>('Telemetry'),
  prometheus: token<PrometheusTelemetry>('PrometheusTelemetry'),
  metrics: token<MetricsPage>('MetricsPage'),
  tokens: token<TokenCheck>('TokenCheck'),
  log: token<UpdateLog>('UpdateLog'),
  /** Undefined: no listener speaks TLS. */
  certificate: token<TlsCertificate | undefined>('TlsCertificate'),
  listeners: token<readonly HttpListener[]>('HttpListeners'),
  slices: token<Slices>('Slices'),
  hub: token<Hub>('Hub'),
  /** Holds the OFREP streams. */
  ofrepHub: token<Hub>('OfrepHub'),
  /** Both of them. */
  hubs: token<Hubs>('Hubs'),
  /** One for all dialects, because its bounds hold for the whole process. */
  room: token<StreamRoom>('StreamRoom'),
  health: token<Health>('Health'),
  pending: token<PendingUpdates>('PendingUpdates'),
  repairs: token<Repairs>('Repairs'),
  changes: token<QueueChange>('QueueChange'),
  repeated: token<RepeatedChanges>('RepeatedChanges'),
  /** The only way from an endpoint to `changes`, for callers with the shared token. */
  tokenDoor: token<ChangeDoor<string>>('TokenDoor'),
  /** The same for callers that sign their requests; their changes are repeated. */
  signatureDoor: token<ChangeDoor<SignedBody>>('SignatureDoor'),
  streams: token<Streams>('Streams'),
  ofrepStreams: token<Streams>('OfrepStreams'),
  /** One for all listeners and endpoints, because its bound holds for the whole process. */
  refusals: token<HeldRefusals>('HeldRefusals'),
  tail: token<LogTail>('LogTail'),
  /** The tail, or a follower that records the last changes for the console and passes everything on to the tail. */
  watchedTail: token<LogFollower>('WatchedTail'),
  /** What follows the log: the tail, or others that pass everything on to it. */
  follower: token<LogFollower>('LogFollower'),
  gauges: token<Gauges>('Gauges'),
  flagsmithApi: token<FlagsmithApi>('FlagsmithApi'),
  /** Undefined: the service never calls the API. The relay has its own paths only with `FLAGS_RELAY=on`. */
  relay: token<FlagsRelay | undefined>('FlagsRelay'),
  /** The same. */
  bridge: token<OfrepBridge | undefined>('OfrepBridge'),
  sweep: token<Sweep>('Sweep'),
  drain: token<Drain>('Drain'),
  service: token<Service>('Service'),
  /** What every listener answers; what those for clients and webhooks do; what those for Flagsmith and operators do. */
  commonRoutes: token<readonly RouteGroup[]>('CommonRoutes'),
  publicRoutes: token<readonly RouteGroup[]>('PublicRoutes'),
  internalRoutes: token<readonly RouteGroup[]>('InternalRoutes'),
  /** Of the page for operators, if there is one. */
  consoleRoutes: token<readonly RouteGroup[]>('ConsoleRoutes'),
  /** Of the console; undefined: it is off. */
  sampler: token<Sampler | undefined>('Sampler'),
} as const;

/** Composes the service. Nothing is made before it is first requested, so adapters can be rebound until then. */
export function composeService(config: Config): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  bindAdapters(container, config);
  bindUseCases(container, config);
  bindRelay(container, config);
  bindRoutes(container, config);
  if (hasConsole(config)) bindConsole(container, config);
  else bindNoConsole(container);
  bindTransports(container, config);
  return container;
}

type Tokens = Readonly<Record<string, ServiceIdentifier>>;
type Resolved<T extends Tokens> = {
  readonly [Name in keyof T]: T[Name] extends ServiceIdentifier<infer V> ? V : never;
};

/** Binds a token to what `make` makes from other bindings. It receives them under the names given to them here. */
function provide<T, Needs extends Tokens>(
  container: Container,
  provided: ServiceIdentifier<T>,
  needs: Needs,
  make: (parts: Resolved<Needs>) => T,
): void {
  const names = Object.keys(needs);
  const makeOf = (...values: unknown[]): T =>
    make(Object.fromEntries(names.map((name, position) => [name, values[position]])) as Resolved<Needs>);
  container.bind(provided).toResolvedValue(makeOf, Object.values(needs));
}

const { clock, random, logger, telemetry, log, hub, hubs, health, pending, repairs, changes } = TOKENS;

function bindAdapters(container: Container, config: Config): void {
  container.bind(clock).toResolvedValue(() => new SystemClock());
  container.bind(random).toConstantValue(Math.random);
  provide(
    container,
    TOKENS.lineOutput,
    { clock },
    (parts) => new PinoLogger({ level: config.logLevel, worker: cluster.worker?.id }, parts.clock),
  );
  container.bind(logger).toService(TOKENS.lineOutput);
  container.bind(TOKENS.prometheus).toResolvedValue(() => new PrometheusTelemetry(LOGS, config.log.kind.name));
  container.bind(telemetry).toService(TOKENS.prometheus);
  container.bind(TOKENS.tokens).toResolvedValue(() => new SharedTokens(config.tokens));
  provide(container, log, { clock, logger, telemetry, random }, (adapters) => {
    const { kind, settings } = config.log;
    return kind.make(settings, { ...adapters, retentionMs: config.retentionMs });
  });
  provide(
    container,
    TOKENS.metrics,
    {
      prometheus: TOKENS.prometheus,
      certificate: TOKENS.certificate,
      sweep: TOKENS.sweep,
      gauges: TOKENS.gauges,
      clock,
      logger,
    },
    ({ prometheus, certificate, gauges, ...parts }): MetricsPage => {
      const build = { version: version(), node: process.versions.node };
      const page = new PrometheusPage(prometheus.registry, gauges, build, certificate);
      return cluster.isWorker ? new WorkerMetrics(page, { onOrder, report }, parts) : page;
    },
  );
}

function bindUseCases(container: Container, config: Config): void {
  const { appendDeadlineMs } = config;
  bindStreams(container, config);
  provide(container, health, { hubs, clock }, (parts) => new Health(config.maxSubscribers, parts.hubs, parts.clock));
  provide(
    container,
    repairs,
    { hub, log, clock, random, logger, telemetry },
    (parts) => new Repairs({ appendTimeoutMs: appendDeadlineMs }, parts.hub, parts),
  );
  provide(
    container,
    pending,
    { hub, repairs, log, clock, logger, telemetry },
    (parts) =>
      new PendingUpdates(
        { maxEnvironments: config.maxPendingEnvironments, appendTimeoutMs: appendDeadlineMs },
        parts,
        parts,
      ),
  );
  provide(
    container,
    changes,
    { hub, pending, repairs, log, clock, logger, telemetry },
    (parts) => new QueueChange({ deadlineMs: appendDeadlineMs }, parts, parts),
  );
  provide(
    container,
    TOKENS.tokenDoor,
    { tokens: TOKENS.tokens, changes },
    (parts) => new TokenDoor(parts.tokens, parts.changes),
  );
  provide(container, TOKENS.repeated, { changes, clock }, (parts) => new RepeatedChanges(parts.changes, parts.clock));
  provide(
    container,
    TOKENS.signatureDoor,
    { repeated: TOKENS.repeated },
    (parts) => new SignatureDoor(config.webhooks.secrets, parts.repeated),
  );
  provide(
    container,
    TOKENS.tail,
    { hubs, health, pending, repairs, clock, logger, telemetry },
    (parts) => new LogTail(parts, parts),
  );
  provide(
    container,
    TOKENS.sweep,
    { slices: TOKENS.slices, hubs, clock },
    (parts) => new Sweep(config, parts.slices, parts.hubs, parts.clock),
  );
  provide(
    container,
    TOKENS.drain,
    {
      hubs,
      room: TOKENS.room,
      health,
      changes,
      repeated: TOKENS.repeated,
      pending,
      repairs,
      listeners: TOKENS.listeners,
      clock,
      logger,
    },
    (parts) =>
      new Drain(
        { waitMs: config.drainWaitMs, spreadMs: config.drainMs, changeDeadlineMs: appendDeadlineMs },
        parts,
        parts,
      ),
  );
  container.bind(TOKENS.watchedTail).toService(TOKENS.tail);
  provide(
    container,
    TOKENS.gauges,
    { hubs, sweep: TOKENS.sweep, pending, health, tail: TOKENS.tail, relay: TOKENS.relay, log },
    (parts) => new InstanceGauges(config.maxSubscribers, parts, parts.log),
  );
  provide(
    container,
    TOKENS.service,
    {
      listeners: TOKENS.listeners,
      log,
      follower: TOKENS.follower,
      sweep: TOKENS.sweep,
      drain: TOKENS.drain,
      relay: TOKENS.relay,
      bridge: TOKENS.bridge,
      sampler: TOKENS.sampler,
    },
    (parts) => new Service(parts),
  );
}

/** Two hubs, one for clients that compare the times of updates, and one for clients that compare nothing. */
function bindStreams(container: Container, config: Config): void {
  container.bind(TOKENS.slices).toConstantValue(DEFAULT_SLICES);
  provide(
    container,
    hub,
    { slices: TOKENS.slices, clock, logger, telemetry },
    ({ slices, ...adapters }) => new Hub({ ...config, slices, ranking: 'greatest', spacingMs: 0 }, adapters),
  );
  provide(container, TOKENS.ofrepHub, { slices: TOKENS.slices, hub, clock, logger, telemetry }, (parts) => {
    const { retentionMs, ofrepRefetchPerSecond: refetchPerSecond } = config;
    const options = { retentionMs, slices: parts.slices, refetchPerSecond, echoMs: [] };
    return new Hub({ ...options, ranking: 'last', spacingMs: OFREP_SPACING_MS }, parts, parts.hub);
  });
  provide(container, hubs, { hub, ofrepHub: TOKENS.ofrepHub }, (parts) => new Hubs(parts.hub, parts.ofrepHub));
  provide(container, TOKENS.room, { hubs }, (parts) => new StreamRoom(config, parts.hubs));
  const needs = { room: TOKENS.room, clock, random, telemetry };
  provide(container, TOKENS.streams, { hub, ...needs }, (parts) => {
    const age = { maxAgeMs: config.maxStreamAgeMs, rules: config.streamAgeRules };
    return new StreamOpener({ resume: config.resume, refusesInDrain: false, age }, parts.hub, parts.room, parts);
  });
  provide(container, TOKENS.ofrepStreams, { hub: TOKENS.ofrepHub, ...needs }, (parts) => {
    const age = { maxAgeMs: config.ofrepStreamAgeMs, rules: [] };
    return new StreamOpener({ resume: true, refusesInDrain: true, age }, parts.hub, parts.room, parts);
  });
}
/** Without its paths the relay serves OFREP alone, which never requests an earlier answer, so none is kept. */
const KEEPS_NOTHING = { maxAgeMs: 0, staleMs: 0, maxBytes: 0 };

/** What is off is not made, and nothing that it needs is loaded. */
function bindRelay(container: Container, config: Config): void {
  const { flagsmithApi, flagsRelay = KEEPS_NOTHING, maxConnections } = config;
  if (flagsmithApi === undefined) {
    container.bind(TOKENS.relay).toConstantValue(undefined);
    container.bind(TOKENS.bridge).toConstantValue(undefined);
    container.bind(TOKENS.follower).toService(TOKENS.watchedTail);
    return;
  }
  container.bind(TOKENS.flagsmithApi).toResolvedValue(() => new HttpFlagsmithApi(flagsmithApi));
  provide(container, TOKENS.relay, { api: TOKENS.flagsmithApi, clock, logger, telemetry }, (parts) => {
    return new FlagsRelay({ ...flagsmithApi, ...flagsRelay, maxWaiting: maxConnections }, parts);
  });
  provide(
    container,
    TOKENS.bridge,
    { relay: TOKENS.relay, hub, clock },
    (parts) => parts.relay && new OfrepBridge(parts.relay, parts.hub, parts.clock),
  );
  provide(container, TOKENS.follower, { relay: TOKENS.relay, tail: TOKENS.watchedTail }, ({ relay, tail }) =>
    relay === undefined ? tail : new FlagsFeed(relay, tail),
  );
}

function bindRoutes(container: Container, config: Config): void {
  // If queue-change has a listener of its own, a path is read as a proxy in front reads it.
  const reading = { mergesSlashes: config.internalListenAddresses.length === 0 };
  provide(container, TOKENS.refusals, { clock }, (parts) => new HeldRefusals(config.maxHeldRefusals, parts.clock));
  provide(container, TOKENS.commonRoutes, { health, telemetry }, (parts) => [
    new HealthRoutes(parts.health, parts.telemetry, config.healthChecksLog),
  ]);
  provide(
    container,
    TOKENS.publicRoutes,
    {
      streams: TOKENS.streams,
      ofrepStreams: TOKENS.ofrepStreams,
      door: TOKENS.signatureDoor,
      refusals: TOKENS.refusals,
      relay: TOKENS.relay,
      bridge: TOKENS.bridge,
      telemetry,
      logger,
      clock,
      random,
    },
    (parts) => {
      const trustedProxies = config.maxStreamsPerAddress === 0 ? undefined : config.trustedProxies;
      const encoder = new SseEncoder(config.eventName);
      return [
        new StreamRoutes({ ...parts, encoder, trustedProxies, reading }),
        new OfrepStreamRoutes({ ...parts, streams: parts.ofrepStreams, trustedProxies, reading }),
        ...(parts.relay === undefined || config.flagsRelay === undefined
          ? []
          : [new FlagsRoutes(parts.relay, parts.logger)]),
        ...(parts.bridge === undefined
          ? []
          : [
              new EvaluateRoutes({
                evaluations: parts.bridge,
                logger: parts.logger,
                publicUrl: config.publicUrl,
                reading,
              }),
            ]),
        ...webhookRoutes(config.webhooks, parts),
      ];
    },
  );
  provide(
    container,
    TOKENS.internalRoutes,
    {
      door: TOKENS.tokenDoor,
      metrics: TOKENS.metrics,
      tokens: TOKENS.tokens,
      hub,
      hubs,
      tail: TOKENS.tail,
      pending,
      telemetry,
      logger,
      clock,
    },
    (parts) => [
      new QueueChangeRoutes({ ...parts, reading }),
      new OperatorRoutes({ ...parts, environments: new Inspection(parts, parts.clock) }),
    ],
  );
}

function hasConsole({ console: where, internalListenAddresses }: Config): boolean {
  return where === 'on' || (where === 'internal' && internalListenAddresses.length > 0);
}

function bindNoConsole(container: Container): void {
  container.bind(TOKENS.consoleRoutes).toConstantValue([]);
  container.bind(TOKENS.sampler).toConstantValue(undefined);
}

/** The page for operators, and what it shows: without it nothing remembers lines, changes or samples. */
function bindConsole(container: Container, config: Config): void {
  const [lines, recent] = [token<RecentLines>('RecentLines'), token<RecentChanges>('RecentChanges')];
  const [overview, history] = [token<Overview>('Overview'), token<History | WorkerHistory>('History')];
  const { tail, gauges, tokens, streams, lineOutput } = TOKENS;
  const logName = config.log.kind.name;
  provide(
    container,
    lines,
    { output: lineOutput, clock },
    (parts) => new RecentLines(parts.output, parts.clock, logName),
  );
  container.rebind(logger).toService(lines);
  provide(container, recent, { tail }, (parts) => new RecentChanges(parts.tail));
  container.rebind(TOKENS.watchedTail).toService(recent);
  provide(container, overview, { lines, recent, hubs, tail, gauges, clock }, (parts) => {
    return new Overview({ logName, worker: cluster.worker?.id ?? null }, parts);
  });
  provide(container, history, { clock }, (parts) =>
    cluster.isWorker ? new WorkerHistory({ onOrder, report }, parts.clock) : new History(),
  );
  provide(container, TOKENS.sampler, { overview, history, gauges, tallies: TOKENS.prometheus, clock }, (parts) => {
    return new Sampler(parts, (sample) => {
      parts.overview.look();
      parts.history.add(sample);
    });
  });
  provide(container, TOKENS.consoleRoutes, { lines, overview, history, streams, tokens, clock, logger }, (parts) => {
    const feed = new ConsoleFeed(parts.overview, parts.lines, parts.clock);
    return [new ConsoleRoutes({ ...parts, feed, encoder: new SseEncoder(config.eventName) })];
  });
}

function bindTransports(container: Container, config: Config): void {
  const { tlsFiles } = config;
  provide(
    container,
    TOKENS.certificate,
    { clock, logger },
    (parts) => tlsFiles && new TlsCertificate(tlsFiles, parts.clock, parts.logger),
  );
  const { certificate, commonRoutes, publicRoutes, internalRoutes, consoleRoutes } = TOKENS;
  const needs = { certificate, commonRoutes, publicRoutes, internalRoutes, consoleRoutes, logger };
  provide(container, TOKENS.listeners, needs, (parts) => {
    const connections = new ConnectionBudget(config.maxConnections);
    const http1 = (addresses: readonly ListenAddress[], routes: Routes, tls?: TlsCertificate): HttpListener => {
      const options = { addresses, connections, ...(tls && { certificate: tls }) };
      return config.http1Transport === 'node'
        ? new NodeServer({ ...options, http1Only: tls !== undefined }, routes, parts.logger)
        : new UwsServer({ ...options, sharePort: config.workers > 1 }, routes, parts.logger);
    };
    const { listenAddresses, internalListenAddresses, tlsListenAddresses, http2ListenAddresses } = config;
    const hasInternal = internalListenAddresses.length > 0;
    // The most frequent first: each group compares the path.
    const ofClients = new Routes([
      ...(hasInternal ? [] : parts.internalRoutes),
      ...parts.publicRoutes,
      ...parts.commonRoutes,
      ...(hasInternal ? [] : parts.consoleRoutes),
    ]);
    const listeners = [http1(listenAddresses, ofClients)];
    if (hasInternal)
      listeners.push(
        http1(
          internalListenAddresses,
          new Routes([...parts.internalRoutes, ...parts.commonRoutes, ...parts.consoleRoutes]),
        ),
      );
    if (parts.certificate !== undefined && tlsListenAddresses.length > 0)
      listeners.push(http1(tlsListenAddresses, ofClients, parts.certificate));
    const tls = parts.certificate && { certificate: parts.certificate };
    if (http2ListenAddresses.length > 0)
      listeners.push(new NodeServer({ addresses: http2ListenAddresses, connections, ...tls }, ofClients, parts.logger));
    return listeners;
  });
}
