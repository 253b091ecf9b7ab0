import type { LogKind } from '../adapters/common/log-kind.ts';
import { MEMORY } from '../adapters/memory/memory-kind.ts';
import { NATS } from '../adapters/nats/nats-kind.ts';
import { POSTGRES } from '../adapters/postgres/postgres-kind.ts';

/** The logs that the service can run on. The first one is the default of `UPDATE_LOG`. */
export const LOGS: readonly [LogKind, ...LogKind[]] = [NATS, POSTGRES, MEMORY];
