import type { SettingsGroup } from '../common/settings-group.ts';
import type { SettingsReader } from '../common/settings-reader.ts';
import { type TrustedProxies } from './client-address.ts';
import type { ListenAddress } from './listen-address.ts';
import type { TlsFiles } from './tls-certificate.ts';
export interface HttpSettings {
    readonly listenAddresses: readonly ListenAddress[];
    readonly internalListenAddresses: readonly ListenAddress[];
    readonly http2ListenAddresses: readonly ListenAddress[];
    /** Without them HTTP/2 is in clear text. */
    readonly tlsFiles: TlsFiles | undefined;
    readonly http1Transport: 'uws' | 'node';
    readonly trustedProxies: TrustedProxies;
    readonly eventName: string;
}
export declare const HTTP_SETTINGS: SettingsGroup<HttpSettings>;
/** Where the service listens for clients, and nothing else. */
export declare function listenAddressesIn(reader: SettingsReader): ListenAddress[];
