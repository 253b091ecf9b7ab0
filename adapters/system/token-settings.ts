import type { SettingsGroup } from '../common/settings-group.ts';
import type { SettingsReader } from '../common/settings-reader.ts';
import type { Variable } from '../common/variable.ts';

export interface TokenSettings {
  /** One, or two while one is being rotated. */
  readonly tokens: readonly string[];
}

const TOKEN = {
  name: 'SSE_AUTHENTICATION_TOKEN',
  defaultText: 'required',
  meaning:
    'The secret that the Flagsmith API presents on queue-change. Printable ASCII without leading or trailing blanks.',
  secret: true,
} satisfies Variable;

const PREVIOUS_TOKEN = {
  name: 'SSE_AUTHENTICATION_TOKEN_PREVIOUS',
  meaning: 'A second secret that is also accepted, while the first one is being rotated.',
  secret: true,
} satisfies Variable;

const PRINTABLE_ASCII = /^[!-~](?:[ -~]*[!-~])?$/;

export const TOKEN_SETTINGS: SettingsGroup<TokenSettings> = {
  variables: [TOKEN, PREVIOUS_TOKEN],
  read: (reader) => ({ tokens: readTokens(reader) }),
};

function readTokens(reader: SettingsReader): string[] {
  if (reader.text(TOKEN) === '') reader.problem(TOKEN, 'is required');
  return [TOKEN, PREVIOUS_TOKEN].flatMap((variable) => {
    const token = reader.text(variable);
    if (token === '') return [];
    if (!PRINTABLE_ASCII.test(token))
      reader.problem(variable, 'must be printable ASCII without leading or trailing blanks');
    return [token];
  });
}
