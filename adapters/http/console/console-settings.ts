import type { SettingsGroup } from '../../common/settings-group.ts';
import type { Variable } from '../../common/variable.ts';

export interface ConsoleSettings {
  /** `internal`: if there is an internal listener. */
  readonly console: 'internal' | 'on' | 'off';
}

const CONSOLE = {
  name: 'CONSOLE',
  default: 'internal',
  meaning:
    'Where the page `/console` is: `internal`, on `INTERNAL_LISTEN_ADDR` if that is set; `on`, also on `LISTEN_ADDR` where there is no internal address; `off`, nowhere. Its data needs the token.',
} satisfies Variable;

export const CONSOLE_SETTINGS: SettingsGroup<ConsoleSettings> = {
  variables: [CONSOLE],
  read: (reader) => ({ console: reader.oneOf(CONSOLE, ['internal', 'on', 'off']) }),
};
