/** One transport on its addresses. */
export interface HttpListener {
  /** The ports that were bound, once `listen` has resolved: of use where port 0 was asked for. */
  readonly ports: readonly number[];
  /** Resolves when every address is bound; rejects with a message that names the address and the reason. */
  listen(): Promise<void>;
  /** Takes no connection any more; streams and requests under way go on. */
  stopListening(): void;
  /** Cuts whatever is left. A slow reader may lose the end of what was written. */
  close(): Promise<void>;
}
