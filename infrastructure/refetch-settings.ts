import type { SettingsReader } from '../adapters/common/settings-reader.ts';
import type { Variable } from '../adapters/common/variable.ts';

/** How clients get fresh flags: at which pace, and with which repetitions. */
export interface RefetchSettings {
  /** Of this process: how many events per second may make clients fetch; 0: any number. */
  readonly refetchPerSecond: number;
  /** The same for OFREP streams, which are counted separately. */
  readonly ofrepRefetchPerSecond: number;
  /** The delays after which the newest update is sent again, in milliseconds, ascending. */
  readonly echoMs: readonly number[];
}

const VARIABLES = {
  refetchPerSecond: {
    name: 'REFETCH_PER_SECOND',
    default: '0',
    meaning:
      'How many clients per second receive an update at most, because each of them then fetches its flags. For this instance: with `WORKERS` each process has its share. 0: no limit.',
  },
  ofrepRefetchPerSecond: {
    name: 'OFREP_REFETCH_PER_SECOND',
    default: '50',
    meaning:
      'The same for OFREP streams if `FLAGSMITH_API_URL` is set, because their clients then fetch through this service. Otherwise `REFETCH_PER_SECOND` holds for them, too. OFREP streams are counted separately in either case.',
  },
  echo: {
    name: 'ECHO_SECONDS',
    default: '',
    defaultText: 'none; 3 with FLAGS_RELAY=on',
    meaning:
      'After how many seconds the newest update of an environment is sent again, separated by commas, such as `2,65`: for clients that fetched a stale answer of an API or a cache. A newer update replaces it.',
    mayBeEmpty: true,
  },
} satisfies Readonly<Record<string, Variable>>;

export const REFETCH_VARIABLES: readonly Variable[] = Object.values(VARIABLES);

const MAX_PER_SECOND = 1_000_000;
const MAX_ECHOES = 8;
const MAX_ECHO_SECONDS = 3600;

/**
 * @param others what other settings imply: the echoes if none are set, and whether OFREP clients fetch through this
 *   service
 */
export function readRefetchSettings(
  reader: SettingsReader,
  workers: number,
  others: { readonly echoSeconds?: string; readonly isApiKnown?: boolean } = {},
): RefetchSettings {
  const refetchPerSecond = reader.integer(VARIABLES.refetchPerSecond, 0, MAX_PER_SECOND) / workers;
  const ofrepRefetchPerSecond = reader.integer(VARIABLES.ofrepRefetchPerSecond, 0, MAX_PER_SECOND) / workers;
  return {
    refetchPerSecond,
    ofrepRefetchPerSecond: others.isApiKnown === true ? ofrepRefetchPerSecond : refetchPerSecond,
    echoMs: readEcho(reader, { ...VARIABLES.echo, default: others.echoSeconds ?? '' }),
  };
}

function readEcho(reader: SettingsReader, variable: Variable): readonly number[] {
  const text = reader.text(variable).trim();
  if (text === '') return [];
  const seconds = text.split(',').map((part) => (/^\s*\d+(\.\d+)?\s*$/.test(part) ? Number(part) : NaN));
  const areAscending = seconds.every((each, position) => each > (seconds[position - 1] ?? 0));
  if (areAscending && seconds.length <= MAX_ECHOES && seconds.every((each) => each <= MAX_ECHO_SECONDS))
    return seconds.map((each) => each * 1000);
  reader.problem(
    variable,
    `must be up to ${MAX_ECHOES} numbers of seconds, ascending, above 0 and up to ${MAX_ECHO_SECONDS}, separated by commas`,
  );
  return [];
}
