import type { LogKind } from '../common/log-kind.ts';
import { POSTGRES_LOSSES, POSTGRES_OPERATIONS } from './postgres-labels.ts';
import { PostgresLog } from './postgres-log.ts';
import { POSTGRES_SETTINGS, type PostgresSettings } from './postgres-settings.ts';

export const POSTGRES: LogKind<PostgresSettings> = {
  name: 'postgres',
  summary: 'on a PostgreSQL database',
  isShared: true,
  operations: POSTGRES_OPERATIONS,
  losses: POSTGRES_LOSSES,
  settings: POSTGRES_SETTINGS,
  make: (settings, { retentionMs, ...parts }) => new PostgresLog({ ...settings, retentionMs }, parts),
};
