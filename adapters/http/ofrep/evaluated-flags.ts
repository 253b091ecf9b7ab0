import { createHash } from 'node:crypto';

/** A flag in the form of OFREP. */
interface EvaluatedFlag {
  readonly key: string;
  /** Undefined: the application uses its own default. */
  readonly value: string | number | boolean | undefined;
  readonly reason: 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED';
  readonly variant?: string;
  readonly metadata: { readonly enabled: boolean; readonly featureId?: number };
}

/** The flags of one answer of the API: each as JSON, and all as one list. */
export interface EvaluatedFlags {
  readonly byKey: ReadonlyMap<string, string>;
  /** The list of all, in the order of their keys. */
  readonly json: string;
  /** Of the list: equal for equal flags. */
  readonly digest: string;
}

/**
 * Reads an answer of `flags/` or `identities/` of the API.
 *
 * @param isIdentity whether it was evaluated for an identity
 * @returns undefined if it is not a list of flags
 */
export function readFlags(body: Uint8Array, isIdentity: boolean): EvaluatedFlags | undefined {
  const flags = listIn(body)?.map((flag) => evaluated(flag, isIdentity));
  if (flags === undefined) return undefined;
  const known = flags.filter((flag) => flag !== undefined);
  // With some flags missing, applications would use their defaults.
  if (known.length < flags.length) return undefined;
  const sorted = known.sort((one, other) => (one.key < other.key ? -1 : 1));
  const byKey = new Map(sorted.map((flag) => [flag.key, JSON.stringify(flag)]));
  const json = `[${[...byKey.values()].join(',')}]`;
  return { byKey, json, digest: digestOf(json) };
}

/** 128 bits of SHA-256, in characters that may stand in an `ETag`. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function listIn(body: Uint8Array): readonly unknown[] | undefined {
  try {
    const parsed = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()) as unknown;
    const list = Array.isArray(parsed) ? (parsed as unknown[]) : (parsed as { flags?: unknown } | null)?.flags;
    return Array.isArray(list) ? (list as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

/** A flag of the API, before any check. */
interface ApiFlag {
  readonly feature?: { readonly id?: unknown; readonly name?: unknown } | null;
  readonly feature_state_value?: unknown;
  readonly enabled?: unknown;
  readonly variant?: unknown;
}

/**
 * The value of a flag without a value is its switch. A flag with a value has it while it is enabled, and otherwise
 * none, because "off" then means the application's default.
 */
function evaluated(flag: unknown, isIdentity: boolean): EvaluatedFlag | undefined {
  const { feature, feature_state_value: own, enabled, variant } = (flag ?? {}) as ApiFlag;
  const [key, id] = [feature?.name, feature?.id];
  if (typeof key !== 'string' || typeof enabled !== 'boolean') return undefined;
  const isSwitch = own === null || own === undefined || own === '';
  const isSplit = typeof variant === 'string' && variant !== '';
  return {
    key,
    value: isSwitch ? enabled : enabled ? plain(own) : undefined,
    reason: !enabled ? 'DISABLED' : isSplit ? 'SPLIT' : isIdentity ? 'TARGETING_MATCH' : 'STATIC',
    ...(isSplit ? { variant } : {}),
    metadata: { enabled, ...(typeof id === 'number' ? { featureId: id } : {}) },
  };
}

/** The API has strings, integers and booleans. */
function plain(value: unknown): string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : JSON.stringify(value);
}
