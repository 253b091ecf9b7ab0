import type { SettingsGroup } from '../common/settings-group.ts';
import { type NatsFiles } from './nats-files.ts';
import { type NatsAddress } from './nats-url.ts';
export interface NatsSettings {
    readonly address: NatsAddress;
    readonly files: NatsFiles;
    /** The name under which the stream is made where there is none. */
    readonly stream: string;
    /** On how many nodes of a cluster it is made. */
    readonly replicas: number;
}
export declare const NATS_SETTINGS: SettingsGroup<NatsSettings>;
