/** One environment variable: its name, its default and its meaning, for the help and the docs. */
export interface Variable {
  readonly name: string;
  /** As an operator would write it; undefined: none. */
  readonly default?: string;
  readonly defaultText?: string;
  readonly meaning: string;
  readonly secret?: boolean;
  /** An empty value has its own meaning here; elsewhere it means not set. */
  readonly mayBeEmpty?: boolean;
  /** What operators may see of a secret, made from its text. Without it they only see that it is set. */
  readonly shown?: (text: string) => string;
}
