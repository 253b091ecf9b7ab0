/** The identity for which flags are evaluated, from a request. */
export interface EvaluationContext {
  /** The body for `identities/` of the Flagsmith API: the same text for equal contexts. Undefined: no identity. */
  readonly identity: string | undefined;
  readonly hasTargetingKey: boolean;
}

/** A request without a readable context, with OFREP's code for that. */
export interface InvalidContext {
  readonly invalid: 'PARSE_ERROR' | 'INVALID_CONTEXT';
  readonly why: string;
}

/** The depth of nested objects and lists, the body included. Deeper JSON could not be written again. */
const MAX_DEPTH = 32;

/** Reads the body of a request: `{"context":{…}}`. Of two fields of one name the last counts. */
export function readContext(body: Uint8Array): EvaluationContext | InvalidContext {
  const parsed = parse(body);
  if (parsed === undefined) return { invalid: 'PARSE_ERROR', why: 'the body is not JSON in UTF-8' };
  const { value } = parsed;
  const context = isObject(value) ? own(value, 'context') : undefined;
  if (!isObject(context)) return invalid('the body must be {"context":{…}}');
  const trouble = troubleIn(value, MAX_DEPTH);
  if (trouble !== undefined) return invalid(trouble);
  const targetingKey = own(context, 'targetingKey') ?? '';
  if (typeof targetingKey !== 'string') return invalid('targetingKey must be a string');
  const traits = traitsOf(context);
  if (targetingKey === '' && traits.length === 0) return { identity: undefined, hasTargetingKey: false };
  return {
    identity: JSON.stringify({ identifier: targetingKey, traits, transient: true }),
    hasTargetingKey: targetingKey !== '',
  };
}

interface Trait {
  readonly trait_key: string;
  readonly trait_value: string | number | boolean;
}

/** Each attribute is a trait, and so is each field of `traits`, which wins if both have a name. Sorted by name. */
function traitsOf(context: object): readonly Trait[] {
  const traits = own(context, 'traits');
  const attributes = Object.entries(context).filter(
    ([name]) => name !== 'targetingKey' && !(name === 'traits' && isObject(traits)),
  );
  const values = new Map([...attributes, ...(isObject(traits) ? Object.entries(traits) : [])] as [string, unknown][]);
  return [...values]
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ trait_key: name, trait_value: plain(value) }))
    .sort((one, other) => (one.trait_key < other.trait_key ? -1 : 1));
}

/** The API accepts no objects: it receives their JSON. */
function plain(value: unknown): Trait['trait_value'] {
  return typeof value === 'object' ? JSON.stringify(value) : (value as Trait['trait_value']);
}

/** Why a value cannot be written as JSON again. It recurses no deeper than it allows. */
function troubleIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number is too large';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return `objects and lists must not be nested more than ${MAX_DEPTH} deep`;
  for (const one of Object.values(value)) {
    const trouble = troubleIn(one, depth - 1);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function parse(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property, not an inherited one. */
function own(value: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function invalid(why: string): InvalidContext {
  return { invalid: 'INVALID_CONTEXT', why };
}
