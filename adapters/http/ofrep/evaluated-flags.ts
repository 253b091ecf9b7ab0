import { createHash } from 'node:crypto';

/** A flag as OFREP has it. */
interface EvaluatedFlag {
  readonly key: string;
  /** Undefined: the application's own default is to be taken. */
  readonly value: string | number | boolean | undefined;
  readonly reason: 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED';
  readonly variant?: string;
  readonly metadata: { readonly enabled: boolean; readonly featureId?: number };
}

/** The flags of one answer of the API, each as JSON, and together. */
export interface EvaluatedFlags {
  readonly byKey: ReadonlyMap<string, string>;
  /** The list of all, in the order of their keys. */
  readonly json: string;
  /** Of the list: equal for equal flags. */
  readonly digest: string;
}

/**
 * Reads what `flags/` or `identities/` of the API answered.
 *
 * @param isIdentity it was evaluated for an identity
 * @returns undefined where it is no list of flags
 */
export function readFlags(body: Uint8Array, isIdentity: boolean): EvaluatedFlags | undefined {
  const flags = listIn(body)?.map((flag) => evaluated(flag, isIdentity));
  if (flags === undefined) return undefined;
  const known = flags.filter((flag) => flag !== undefined);
  // A list without some of the flags would have applications take their defaults.
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

/** A flag of the API, of which nothing is sure. */
interface ApiFlag {
  readonly feature?: { readonly id?: unknown; readonly name?: unknown } | null;
  readonly feature_state_value?: unknown;
  readonly enabled?: unknown;
  readonly variant?: unknown;
}

/**
 * A flag without a value of its own is its switch. One that has a value has that while it is enabled, and otherwise
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

/** The API has texts, whole numbers and booleans. */
function plain(value: unknown): string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : JSON.stringify(value);
}
