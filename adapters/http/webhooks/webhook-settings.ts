import { type EnvironmentId, parseEnvironmentId } from '../../../domain/environment-id.ts';

/** What the variables say of the webhook door. */
export interface WebhookSettings {
  /** None: the door does not exist. */
  readonly secrets: readonly string[];
  /** The environments of each project, by its number. */
  readonly environments: ReadonlyMap<number, readonly EnvironmentId[]>;
}

/** The variables that this adapter brings. */
export const WEBHOOK_VARIABLES = [
  {
    name: 'WEBHOOK_SECRET',
    meaning:
      "The secret of Flagsmith's organisation webhook. With it `/webhooks/flagsmith` is answered on the public listeners; without it there is no such path.",
    secret: true,
  },
  {
    name: 'WEBHOOK_SECRET_PREVIOUS',
    meaning: 'A second secret that is accepted as well, while the first one is being rotated.',
    secret: true,
  },
  {
    name: 'WEBHOOK_ENVIRONMENTS',
    meaning:
      'The client-side keys of the environments of each project, `projectId=key,key;projectId=key`: a webhook of a change to a whole project names none. Those that webhooks name are learned as well, by each process for itself.',
  },
] as const;

type Name = (typeof WEBHOOK_VARIABLES)[number]['name'];

/**
 * Reads the variables.
 *
 * @param text the value of a variable, empty where it is not set
 * @param problem takes what is wrong with one, in words for the operator
 */
export function parseWebhookSettings(
  text: (name: Name) => string,
  problem: (name: Name, what: string) => void,
): WebhookSettings {
  const secrets = (['WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'] as const).flatMap((name) => {
    const secret = text(name);
    // Flagsmith takes blanks off the ends of a secret, so one with them would never be right.
    if (secret !== secret.trim()) problem(name, 'must not have blanks at its ends');
    return secret === '' ? [] : [secret];
  });
  for (const name of ['WEBHOOK_SECRET_PREVIOUS', 'WEBHOOK_ENVIRONMENTS'] as const)
    if (text(name) !== '' && text('WEBHOOK_SECRET') === '') problem('WEBHOOK_SECRET', `is required beside ${name}`);
  const environments = parseEnvironments(text('WEBHOOK_ENVIRONMENTS'));
  if (!('invalid' in environments)) return { secrets, environments };
  problem('WEBHOOK_ENVIRONMENTS', environments.invalid);
  return { secrets, environments: new Map() };
}

/** An error names what is wrong by its place: a server-side key, put there by mistake, is a secret. */
function parseEnvironments(text: string): ReadonlyMap<number, readonly EnvironmentId[]> | { readonly invalid: string } {
  const environments = new Map<number, readonly EnvironmentId[]>();
  if (text === '') return environments;
  for (const [at, part] of text.split(';').entries()) {
    const [, number = '', list = ''] = /^\s*(\d{1,15})\s*=(.*)$/s.exec(part) ?? [];
    if (number === '') return { invalid: `must be projectId=key,key;projectId=key; its part ${at + 1} is not` };
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
