import type { SettingsGroup } from '../../common/settings-group.ts';
import type { SettingsReader } from '../../common/settings-reader.ts';
import type { Variable } from '../../common/variable.ts';

export interface OfrepSettings {
  /** The URL at which clients reach the public listeners, without a slash at its end; undefined: they receive a path only. */
  readonly publicUrl: string | undefined;
}

const VARIABLES = {
  publicUrl: {
    name: 'PUBLIC_URL',
    meaning:
      'Where clients reach this service, `https://flags.example.com`: OFREP providers open their streams there. Without it they use the origin of their base URL.',
  },
} satisfies Readonly<Record<string, Variable>>;

export const OFREP_SETTINGS: SettingsGroup<OfrepSettings> = {
  variables: Object.values(VARIABLES),
  read: (reader) => ({ publicUrl: readPublicUrl(reader) }),
};

function readPublicUrl(reader: SettingsReader): string | undefined {
  const text = reader.text(VARIABLES.publicUrl);
  if (text === '') return undefined;
  if (isPublicUrl(text)) return text.replace(/\/+$/, '');
  reader.problem(
    VARIABLES.publicUrl,
    'must be http:// or https:// with a host and an optional path, without credentials or a query',
  );
  return undefined;
}

function isPublicUrl(text: string): boolean {
  if (!/^https?:\/\/[!-~]+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return !/[?#\\"<>^`{|}]/.test(text) && username === '' && password === '';
}
