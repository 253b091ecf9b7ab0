/** A real server that the instances share, and how the service reaches it. */
export interface LogServer {
  readonly env: Readonly<Record<string, string>>;
  /** Its processor time so far. */
  cpuUs(): number;
}
