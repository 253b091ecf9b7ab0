import type { LogKind } from '../common/log-kind.ts';
import { type NatsSettings } from './nats-settings.ts';
export declare const NATS: LogKind<NatsSettings>;
