import cluster from 'node:cluster';
import 'reflect-metadata';
import { Container, type ServiceIdentifier } from 'inversify';
import { ConnectionBudget } from '../adapters/http/connection-budget.ts';
import type { ListenAddress } from '../adapters/http/listen-address.ts';
import { NodeServer } from '../adapters/http/node-server.ts';
import { OperatorRoutes } from '../adapters/http/operator-routes.ts';
import { type RouteScope, Routes } from '../adapters/http/routes.ts';
import { SseEncoder } from '../adapters/http/sse.ts';
import { TlsCertificate } from '../adapters/http/tls-certificate.ts';
import { UwsServer } from '../adapters/http/uws-server.ts';
import { MemoryLog, MemoryStore } from '../adapters/memory/memory-log.ts';
import { NatsLog } from '../adapters/nats/nats-log.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import { SharedTokens } from '../adapters/system/shared-tokens.ts';
import { PinoLogger } from '../adapters/telemetry/pino-logger.ts';
import { PrometheusPage } from '../adapters/telemetry/prometheus-page.ts';
import { PrometheusTelemetry } from '../adapters/telemetry/prometheus-telemetry.ts';
import { Drain } from '../application/drain.ts';
import { Health } from '../application/health.ts';
import { DEFAULT_SLICES, Hub, type Slices } from '../application/hub.ts';
import { Inspection } from '../application/inspection.ts';
import { InstanceSigns } from '../application/instance-signs.ts';
import { LogTail } from '../application/log-tail.ts';
import { StreamOpener } from '../application/open-stream.ts';
import { PendingUpdates } from '../application/pending-updates.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EventEncoder } from '../application/ports/event-encoder.ts';
import type { HttpListener } from '../application/ports/http-listener.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { MetricsPage } from '../application/ports/metrics-page.ts';
import type { StreamOpening } from '../application/ports/stream-opening.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { TokenCheck } from '../application/ports/token-check.ts';
import type { UpdateLog } from '../application/ports/update-log.ts';
import { QueueChange } from '../application/queue-change.ts';
import { Sweep } from '../application/sweep.ts';
import type { Config } from './config.ts';
import { Service } from './service.ts';
import { onOrder, report } from './worker-message.ts';
import { WorkerMetrics } from './worker-metrics.ts';
import { version } from './version.ts';

function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol.for(name);
}

/** What can be rebound: a test that swaps an adapter binds another one here. */
export const TOKENS = {
  clock: token<Clock>('Clock'),
  random: token<() => number>('Random'),
  logger: token<Logger>('Logger'),
  telemetry: token<Telemetry>('Telemetry'),
  prometheus: token<PrometheusTelemetry>('PrometheusTelemetry'),
  metrics: token<MetricsPage>('MetricsPage'),
  operator: token<OperatorRoutes>('OperatorRoutes'),
  encoder: token<EventEncoder>('EventEncoder'),
  tokens: token<TokenCheck>('TokenCheck'),
  log: token<UpdateLog>('UpdateLog'),
  listeners: token<readonly HttpListener[]>('HttpListeners'),
  slices: token<Slices>('Slices'),
  hub: token<Hub>('Hub'),
  health: token<Health>('Health'),
  pending: token<PendingUpdates>('PendingUpdates'),
  changes: token<QueueChange>('QueueChange'),
  streams: token<StreamOpening>('StreamOpening'),
  tail: token<LogTail>('LogTail'),
  sweep: token<Sweep>('Sweep'),
  drain: token<Drain>('Drain'),
  service: token<Service>('Service'),
} as const;

/** Composes the service. Nothing is made before it is asked for, so adapters can be rebound until then. */
export function composeService(config: Config): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  bindAdapters(container, config);
  bindUseCases(container, config);
  bindOperation(container, config);
  bindTransports(container, config);
  return container;
}

function bindAdapters(container: Container, config: Config): void {
  container.bind(TOKENS.clock).toResolvedValue(() => new SystemClock());
  container.bind(TOKENS.random).toConstantValue(Math.random);
  container
    .bind(TOKENS.logger)
    .toResolvedValue(
      (clock: Clock) => new PinoLogger({ level: config.logLevel, worker: cluster.worker?.id }, clock),
      [TOKENS.clock],
    );
  container.bind(TOKENS.prometheus).toResolvedValue(() => new PrometheusTelemetry());
  container.bind(TOKENS.telemetry).toService(TOKENS.prometheus);
  container.bind(TOKENS.encoder).toResolvedValue(() => new SseEncoder(config.eventName));
  container.bind(TOKENS.tokens).toResolvedValue(() => new SharedTokens(config.tokens));
  container.bind(TOKENS.log).toResolvedValue(
    (clock: Clock, logger: Logger, telemetry: Telemetry): UpdateLog => {
      if (config.updateLog === 'memory') return new MemoryLog(new MemoryStore(config, clock), clock);
      const { natsAddress: address, natsStream: stream, natsReplicas: replicas, retentionMs } = config;
      return new NatsLog({ address, stream, replicas, retentionMs }, { clock, logger, telemetry });
    },
    [TOKENS.clock, TOKENS.logger, TOKENS.telemetry],
  );
}

function bindUseCases(container: Container, config: Config): void {
  container.bind(TOKENS.slices).toConstantValue(DEFAULT_SLICES);
  container
    .bind(TOKENS.hub)
    .toResolvedValue(
      (clock: Clock, encoder: EventEncoder, logger: Logger, telemetry: Telemetry, slices: Slices) =>
        new Hub({ retentionMs: config.retentionMs, slices }, { clock, encoder, logger, telemetry }),
      [TOKENS.clock, TOKENS.encoder, TOKENS.logger, TOKENS.telemetry, TOKENS.slices],
    );
  container
    .bind(TOKENS.health)
    .toResolvedValue(
      (hub: Hub, clock: Clock) => new Health(config.maxSubscribers, hub, clock),
      [TOKENS.hub, TOKENS.clock],
    );
  container
    .bind(TOKENS.pending)
    .toResolvedValue(
      (hub: Hub, log: UpdateLog, clock: Clock, logger: Logger, telemetry: Telemetry) =>
        new PendingUpdates(
          { maxEnvironments: config.maxPendingEnvironments, appendTimeoutMs: config.appendDeadlineMs },
          hub,
          { log, clock, logger, telemetry },
        ),
      [TOKENS.hub, TOKENS.log, TOKENS.clock, TOKENS.logger, TOKENS.telemetry],
    );
  container
    .bind(TOKENS.changes)
    .toResolvedValue(
      (hub: Hub, pending: PendingUpdates, log: UpdateLog, clock: Clock, logger: Logger, telemetry: Telemetry) =>
        new QueueChange({ deadlineMs: config.appendDeadlineMs }, { hub, pending }, { log, clock, logger, telemetry }),
      [TOKENS.hub, TOKENS.pending, TOKENS.log, TOKENS.clock, TOKENS.logger, TOKENS.telemetry],
    );
  container.bind(TOKENS.streams).toResolvedValue(
    (hub: Hub, clock: Clock, random: () => number) =>
      new StreamOpener(
        {
          maxSubscribers: config.maxSubscribers,
          resume: config.resume,
          age: { maxAgeMs: config.maxStreamAgeMs, rules: config.streamAgeRules },
        },
        hub,
        clock,
        random,
      ),
    [TOKENS.hub, TOKENS.clock, TOKENS.random],
  );
  container
    .bind(TOKENS.tail)
    .toResolvedValue(
      (hub: Hub, health: Health, pending: PendingUpdates, logger: Logger, telemetry: Telemetry) =>
        new LogTail({ hub, health, pending }, { logger, telemetry }),
      [TOKENS.hub, TOKENS.health, TOKENS.pending, TOKENS.logger, TOKENS.telemetry],
    );
  container
    .bind(TOKENS.sweep)
    .toResolvedValue((hub: Hub, clock: Clock) => new Sweep(config, hub, clock), [TOKENS.hub, TOKENS.clock]);
  container
    .bind(TOKENS.drain)
    .toResolvedValue(
      (
        hub: Hub,
        health: Health,
        changes: QueueChange,
        listeners: readonly HttpListener[],
        clock: Clock,
        logger: Logger,
      ) =>
        new Drain(
          { waitMs: config.drainWaitMs, spreadMs: config.drainMs, changeDeadlineMs: config.appendDeadlineMs },
          { hub, health, changes, listeners },
          { clock, logger },
        ),
      [TOKENS.hub, TOKENS.health, TOKENS.changes, TOKENS.listeners, TOKENS.clock, TOKENS.logger],
    );
  container
    .bind(TOKENS.service)
    .toResolvedValue(
      (
        listeners: readonly HttpListener[],
        log: UpdateLog,
        tail: LogTail,
        sweep: Sweep,
        drain: Drain,
        pending: PendingUpdates,
      ) => new Service({ listeners, log, tail, sweep, drain, pending }),
      [TOKENS.listeners, TOKENS.log, TOKENS.tail, TOKENS.sweep, TOKENS.drain, TOKENS.pending],
    );
}

/** What the operator sees. */
function bindOperation(container: Container, config: Config): void {
  container.bind(TOKENS.metrics).toResolvedValue(
    (
      counted: PrometheusTelemetry,
      hub: Hub,
      sweep: Sweep,
      pending: PendingUpdates,
      health: Health,
      log: UpdateLog,
      clock: Clock,
      logger: Logger,
    ): MetricsPage => {
      const signs = new InstanceSigns(config.maxSubscribers, { hub, sweep, pending, health }, log);
      const page = new PrometheusPage(counted.registry, signs, { version: version(), node: process.versions.node });
      return cluster.isWorker ? new WorkerMetrics(page, { onOrder, report }, { clock, logger }) : page;
    },
    [
      TOKENS.prometheus,
      TOKENS.hub,
      TOKENS.sweep,
      TOKENS.pending,
      TOKENS.health,
      TOKENS.log,
      TOKENS.clock,
      TOKENS.logger,
    ],
  );
  container
    .bind(TOKENS.operator)
    .toResolvedValue(
      (metrics: MetricsPage, hub: Hub, tail: LogTail, pending: PendingUpdates, tokens: TokenCheck, logger: Logger) =>
        new OperatorRoutes({ metrics, environments: new Inspection(hub, tail, pending), tokens, logger }),
      [TOKENS.metrics, TOKENS.hub, TOKENS.tail, TOKENS.pending, TOKENS.tokens, TOKENS.logger],
    );
}

function bindTransports(container: Container, config: Config): void {
  container.bind(TOKENS.listeners).toResolvedValue(
    (
      streams: StreamOpening,
      changes: QueueChange,
      tokens: TokenCheck,
      health: Health,
      operator: OperatorRoutes,
      telemetry: Telemetry,
      clock: Clock,
      random: () => number,
      logger: Logger,
    ) => {
      const ports = { streams, changes, tokens, health, operator, telemetry, logger, clock, random };
      const connections = new ConnectionBudget(config.maxConnections);
      const http1 = (addresses: readonly ListenAddress[], scope: RouteScope): HttpListener =>
        config.http1Transport === 'node'
          ? new NodeServer({ addresses, connections }, new Routes(scope, ports))
          : new UwsServer({ addresses, connections, sharePort: config.workers > 1 }, new Routes(scope, ports), logger);
      const { listenAddresses, internalListenAddresses, http2ListenAddresses, tlsFiles } = config;
      const scope = internalListenAddresses.length === 0 ? 'all' : 'public';
      const listeners = [http1(listenAddresses, scope)];
      if (internalListenAddresses.length > 0) listeners.push(http1(internalListenAddresses, 'internal'));
      if (http2ListenAddresses.length > 0) {
        const tls = tlsFiles === undefined ? {} : { certificate: new TlsCertificate(tlsFiles, clock, logger) };
        const addresses = http2ListenAddresses;
        listeners.push(new NodeServer({ addresses, connections, ...tls }, new Routes(scope, ports)));
      }
      return listeners;
    },
    [
      TOKENS.streams,
      TOKENS.changes,
      TOKENS.tokens,
      TOKENS.health,
      TOKENS.operator,
      TOKENS.telemetry,
      TOKENS.clock,
      TOKENS.random,
      TOKENS.logger,
    ],
  );
}
