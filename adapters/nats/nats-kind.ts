import type { LogKind } from '../common/log-kind.ts';
import { NATS_LOSSES, NATS_OPERATIONS } from './nats-labels.ts';
import { NatsLog } from './nats-log.ts';
import { NATS_SETTINGS, type NatsSettings } from './nats-settings.ts';

export const NATS: LogKind<NatsSettings> = {
  name: 'nats',
  summary: 'on NATS JetStream',
  isShared: true,
  operations: NATS_OPERATIONS,
  losses: NATS_LOSSES,
  settings: NATS_SETTINGS,
  make: (settings, { retentionMs, ...parts }) => new NatsLog({ ...settings, retentionMs }, parts),
};
