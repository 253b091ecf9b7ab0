/** Structured log lines. The adapter bounds the rate of whatever a client can cause, and knows no secrets. */
export interface Logger {
  /** @param fields called only if the line is written: it may come with every update */
  debug(event: string, fields: () => LogFields): void;
  info(event: string, fields?: LogFields, kind?: string): void;
  /**
   * @param kind of lines of an event that have the same kind, one is written in a while and the others are counted. So
   *   one trouble that comes a thousand times a second does not take the place of another one
   */
  warn(event: string, fields?: LogFields, kind?: string): void;
  error(event: string, fields?: LogFields, kind?: string): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
