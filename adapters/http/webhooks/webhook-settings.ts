import { type EnvironmentId, parseEnvironmentId } from '../../../domain/environment-id.ts';
import type { SettingsGroup } from '../../common/settings-group.ts';
import type { SettingsReader } from '../../common/settings-reader.ts';
import type { Variable } from '../../common/variable.ts';

/** What the variables say of the webhook door. */
export interface WebhookSettings {
  /** None: the door does not exist. */
  readonly secrets: readonly string[];
  /** The environments of each project, by its number. */
  readonly environments: ReadonlyMap<number, readonly EnvironmentId[]>;
}

const VARIABLES = {
  secret: {
    name: 'WEBHOOK_SECRET',
    meaning:
      "The secret of Flagsmith's organisation webhook. With it `/webhooks/flagsmith` is answered on the public listeners; without it the path does not exist.",
    secret: true,
  },
  previous: {
    name: 'WEBHOOK_SECRET_PREVIOUS',
    meaning: 'A second secret that is also accepted, while the first one is being rotated.',
    secret: true,
  },
  environments: {
    name: 'WEBHOOK_ENVIRONMENTS',
    meaning:
      'The client-side keys of the environments of each project, `projectId=key,key;projectId=key`: a webhook of a change to a whole project names none. Each process also learns those that webhooks name.',
  },
} satisfies Readonly<Record<string, Variable>>;

export const WEBHOOK_SETTINGS: SettingsGroup<{ readonly webhooks: WebhookSettings }> = {
  variables: Object.values(VARIABLES),
  read: (reader) => ({ webhooks: readWebhooks(reader) }),
};

function readWebhooks(reader: SettingsReader): WebhookSettings {
  const secrets = [VARIABLES.secret, VARIABLES.previous].flatMap((variable) => {
    const secret = reader.text(variable);
    // Flagsmith takes blanks off the ends of a secret, so one with them would never be right.
    if (secret !== secret.trim()) reader.problem(variable, 'must not have leading or trailing blanks');
    return secret === '' ? [] : [secret];
  });
  for (const variable of [VARIABLES.previous, VARIABLES.environments])
    if (reader.text(variable) !== '' && reader.text(VARIABLES.secret) === '')
      reader.problem(VARIABLES.secret, `is required with ${variable.name}`);
  const environments = parseEnvironments(reader.text(VARIABLES.environments));
  if (!('invalid' in environments)) return { secrets, environments };
  reader.problem(VARIABLES.environments, environments.invalid);
  return { secrets, environments: new Map() };
}

/** An error names what is wrong by its place: a server-side key, put there by mistake, is a secret. */
function parseEnvironments(text: string): ReadonlyMap<number, readonly EnvironmentId[]> | { readonly invalid: string } {
  const environments = new Map<number, readonly EnvironmentId[]>();
  if (text === '') return environments;
  for (const [at, part] of text.split(';').entries()) {
    const [, number = '', list = ''] = /^\s*(\d{1,15})\s*=(.*)$/s.exec(part) ?? [];
    if (number === '') return { invalid: `must be projectId=key,key;projectId=key; part ${at + 1} is not` };
    const project = Number(number);
    if (environments.has(project)) return { invalid: `names the project ${project} twice` };
    const keys = list.split(',').map((key) => parseEnvironmentId(key.trim()));
    const wrong = keys.indexOf(undefined);
    if (wrong >= 0)
      return {
        invalid: `must have client-side keys of environments; key ${wrong + 1} of the project ${project} is not one`,
      };
    environments.set(project, [...new Set(keys.filter((key) => key !== undefined))]);
  }
  return environments;
}
