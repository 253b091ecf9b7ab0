import type { SettingsReader } from '../adapters/common/settings-reader.ts';
import type { Variable } from '../adapters/common/variable.ts';

/** How clients come to fresh flags: at which pace, and by which repetitions. */
export interface RefetchSettings {
  /** Of this process: how many events a second may make clients fetch; 0: any number. */
  readonly refetchPerSecond: number;
  /** The same for streams of OFREP, which are counted by themselves. */
  readonly ofrepRefetchPerSecond: number;
  /** After which times the newest update is sent again, in milliseconds, ascending. */
  readonly echoMs: readonly number[];
}

const VARIABLES = {
  refetchPerSecond: {
    name: 'REFETCH_PER_SECOND',
    default: '0',
    meaning:
      'To how many clients a second an update is sent at most, because each of them then fetches its flags. Of this instance: with `WORKERS` each process has its share. 0: as fast as it goes.',
  },
  ofrepRefetchPerSecond: {
    name: 'OFREP_REFETCH_PER_SECOND',
    default: '50',
    meaning:
      'The same for streams of OFREP where `FLAGSMITH_API_URL` is set, because their clients then fetch by way of this service. Without it `REFETCH_PER_SECOND` holds for them, too. Streams of OFREP are counted by themselves in either case.',
  },
  echo: {
    name: 'ECHO_SECONDS',
    default: '',
    defaultText: 'none; 3 with FLAGS_RELAY=on',
    meaning:
      'After how many seconds the newest update of an environment is sent once more, separated by commas, such as `2,65`: for clients that fetched what an API or a cache had kept. A newer update takes its place.',
    mayBeEmpty: true,
  },
} satisfies Readonly<Record<string, Variable>>;

export const REFETCH_VARIABLES: readonly Variable[] = Object.values(VARIABLES);

const MAX_PER_SECOND = 1_000_000;
const MAX_ECHOES = 8;
const MAX_ECHO_SECONDS = 3600;

/**
 * @param others what other settings say of these: the echoes where none are set, and whether clients of OFREP fetch by
 *   way of this service
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
