/** Structured log lines. The adapter limits the rate of lines that clients can cause, and knows no secrets. */
export interface Logger {
  /** @param fields called only if the line is written, because there may be a line for every update */
  debug(event: string, fields: () => LogFields): void;
  info(event: string, fields?: LogFields, kind?: string): void;
  /**
   * @param kind of lines with the same event and kind, few are written and the others are counted. So a problem that
   *   occurs a thousand times a second does not displace another one
   */
  warn(event: string, fields?: LogFields, kind?: string): void;
  error(event: string, fields?: LogFields, kind?: string): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
