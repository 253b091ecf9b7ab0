import { NATS_LOSSES } from '../../../adapters/nats/nats-labels.ts';
import { POSTGRES_LOSSES } from '../../../adapters/postgres/postgres-labels.ts';
import { NATS } from './nats-frames.ts';
import { POSTGRES } from './postgres-frames.ts';
import type { PostgresServer } from './postgres-server.ts';
import type { Protocol } from './protocol.ts';

/** A server that instances share, at the address that they use. */
export interface SharedLog<Loss extends string = string> {
  readonly port: number;
  readonly protocol: Protocol;
  /** Why an epoch may end. */
  readonly losses: readonly Loss[];
  /** @param port the server's own, or that of a proxy in front of it */
  environment(port: number): Record<string, string>;
}

export function onNats(port: number): SharedLog<(typeof NATS_LOSSES)[number]> {
  return {
    port,
    protocol: NATS,
    losses: NATS_LOSSES,
    environment: (at) => ({ UPDATE_LOG: 'nats', NATS_URL: `nats://127.0.0.1:${at}` }),
  };
}

/** @param variables further variables of the service, such as a test's own schema */
export function onPostgres(
  server: PostgresServer,
  variables: Readonly<Record<string, string>> = {},
): SharedLog<(typeof POSTGRES_LOSSES)[number]> {
  return {
    port: server.port,
    protocol: POSTGRES,
    losses: POSTGRES_LOSSES,
    environment: (port) => ({ UPDATE_LOG: 'postgres', POSTGRES_URL: server.urlOf({ port }), ...variables }),
  };
}
