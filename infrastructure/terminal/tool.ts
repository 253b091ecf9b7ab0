/** A command for people and scripts that calls a service over the network, such as `watch`. */
export interface Tool {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  readonly meaning: string;
  /**
   * @param args what follows the tool's name
   * @returns the exit code of the process
   * @throws Error with what is wrong with the arguments, or why the tool failed
   */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** What a tool uses of the process that it runs in. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  /** For what is not the tool's output. */
  readonly warn: (line: string) => void;
  /** Aborted when the process is asked to end. */
  readonly aborted: AbortSignal;
}
