import type { SettingsReader } from './settings-reader.ts';
import type { Variable } from './variable.ts';

/** Variables that belong together, and what is read from them. Each adapter with variables has its own. */
export interface SettingsGroup<Settings> {
  /** In the order of the help and the documentation. No other group may have a variable of the same name. */
  readonly variables: readonly Variable[];
  read(reader: SettingsReader): Settings;
}
