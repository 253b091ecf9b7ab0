import { MemoryTelemetry } from '../../../adapters/memory/memory-telemetry.ts';
import { TOKENS } from '../../../infrastructure/container.ts';
import { eventually } from '../eventually.ts';
import { Ledger } from '../clients/ledger.ts';
import { type RunningService, startService } from './running-service.ts';
import type { SharedLog } from './shared-log.ts';
import { StreamClient } from '../clients/stream-client.ts';
import { TcpProxy } from './tcp-proxy.ts';

const CEILING_MS = 30_000;

/** A service of this process on a real log, with its own network between the two. */
export class Instance<Loss extends string = string> {
  readonly service: RunningService;
  readonly proxy: TcpProxy;
  readonly subscribers: StreamClient[] = [];
  readonly #losses: readonly Loss[];

  private constructor(service: RunningService, proxy: TcpProxy, losses: readonly Loss[]) {
    this.service = service;
    this.proxy = proxy;
    this.#losses = losses;
  }

  static async start<Loss extends string>(
    log: SharedLog<Loss>,
    environment: Record<string, string> = {},
  ): Promise<Instance<Loss>> {
    const proxy = await TcpProxy.start(log.port, log.protocol);
    const service = await startService({ ...log.environment(proxy.port), ...environment }, (container) => {
      container.rebind(TOKENS.telemetry).toConstantValue(new MemoryTelemetry());
    });
    return new Instance(service, proxy, log.losses);
  }

  get port(): number {
    return this.service.port;
  }

  get telemetry(): MemoryTelemetry {
    return this.service.container.get(TOKENS.telemetry) as MemoryTelemetry;
  }

  async status(path: string): Promise<number> {
    const answer = await fetch(this.service.url(path));
    await answer.arrayBuffer();
    return answer.status;
  }

  async subscribe(environment: string): Promise<StreamClient> {
    const subscriber = await StreamClient.open(this.port, environment);
    this.subscribers.push(subscriber);
    return subscriber;
  }

  ready(ceilingMs = CEILING_MS): Promise<void> {
    return eventually('the instance is ready', async () => (await this.status('/readyz')) === 200, ceilingMs);
  }

  losses(reason?: Loss): number {
    return this.#losses
      .filter((known) => reason === undefined || known === reason)
      .reduce((sum, known) => sum + this.telemetry.count(`epochLost.${known}`), 0);
  }

  /** Waits until it has noticed, and lost its epoch for this reason. */
  async loses(reason?: Loss): Promise<void> {
    const before = this.losses(reason);
    await eventually(`an epoch is lost: ${reason}`, () => this.losses(reason) > before, CEILING_MS);
  }

  async close(): Promise<void> {
    for (const subscriber of this.subscribers) subscriber.close();
    await this.service.stop();
    await this.proxy.close();
  }
}

/** Two instances that are ready, a subscriber at each, and the ledger of the posts. */
export async function startPair<Loss extends string>(
  log: SharedLog<Loss>,
  closing: { close(): Promise<void> }[],
): Promise<{ a: Instance<Loss>; b: Instance<Loss>; subscribers: StreamClient[]; ledger: Ledger }> {
  const [a, b] = await Promise.all([Instance.start(log), Instance.start(log)]);
  closing.push(a, b);
  await Promise.all([a.ready(), b.ready()]);
  const ledger = new Ledger('home');
  const subscribers = [await a.subscribe('home'), await b.subscribe('home')];
  return { a, b, subscribers, ledger };
}
