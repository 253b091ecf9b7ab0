/** The transports that serve HTTP/1.1: what is said on the wire is the same on each of them. */
export interface Transport {
  readonly name: string;
  readonly environment: Record<string, string>;
  /** Whether the addon's parser reads the requests: what it refuses, it refuses in its own way. */
  readonly isUws: boolean;
}

export const TRANSPORTS: readonly Transport[] = [
  { name: 'uWebSockets.js', environment: {}, isUws: true },
  { name: 'node:http', environment: { HTTP1_TRANSPORT: 'node' }, isUws: false },
];
