import { type Authenticator, type TlsOptions } from '@nats-io/transport-node';
/** The paths of what we and NATS know each other by, under the variables that name them: errors say which it is. */
export type NatsFiles = Readonly<Partial<Record<NatsFileVariable, string>>>;
export type NatsFileVariable = 'NATS_CA_FILE' | 'NATS_CERT_FILE' | 'NATS_KEY_FILE' | 'NATS_CREDS_FILE';
export interface NatsFileMistake {
    readonly name: NatsFileVariable;
    /** In words behind the name; without a piece of what the file holds. */
    readonly what: string;
}
/** What the files hold now. */
export interface NatsIdentity {
    /** Undefined: no file asks for TLS. */
    readonly tls: Pick<TlsOptions, 'ca' | 'cert' | 'key'> | undefined;
    readonly authenticator: Authenticator | undefined;
}
/**
 * Reads the files and checks that they can be used. This happens again for each connection, because certificates and
 * credentials are replaced while the service runs. It is synchronous: they are a few small local files.
 *
 * @returns what they hold, or every mistake in them
 */
export declare function readNatsFiles(files: NatsFiles): NatsIdentity | {
    readonly invalid: readonly NatsFileMistake[];
};
