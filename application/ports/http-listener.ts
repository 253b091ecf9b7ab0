/** One transport on its addresses. */
export interface HttpListener {
  /** The ports that were bound, once `listen` has resolved: useful when port 0 was requested. */
  readonly ports: readonly number[];
  /** Resolves when every address is bound; rejects with a message that names the address and the reason. */
  listen(): Promise<void>;
  /** Stops accepting connections; open streams and requests in flight continue. */
  stopListening(): void;
  /** Cuts the connections that are left. A slow reader may lose the end of what was written. */
  close(): Promise<void>;
}
