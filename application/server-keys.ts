import { type EnvironmentId, parseEnvironmentId } from '../domain/environment-id.ts';

/**
 * Beyond this, the key that was learned first is forgotten: until it is learned again, only age makes its answers old.
 */
const MAX_KEYS = 10_000;
/** The API writes the environment's key first, so the search ends after this many bytes. */
const LOOKED_AT_BYTES = 65_536;

/** Which environment a server-side key belongs to: its document says so. It owns that map. */
export class ServerKeys {
  readonly #environments = new Map<string, EnvironmentId>();
  readonly #keys = new Map<EnvironmentId, Set<string>>();

  /** @returns whether the key was not known to belong there */
  learn(key: string, environment: EnvironmentId): boolean {
    if (this.#environments.get(key) === environment) return false;
    this.#forget(key);
    this.#environments.set(key, environment);
    const keys = this.#keys.get(environment) ?? new Set();
    this.#keys.set(environment, keys.add(key));
    const oldest = this.#environments.keys().next();
    if (this.#environments.size > MAX_KEYS && oldest.done !== true) this.#forget(oldest.value);
    return true;
  }

  of(environment: EnvironmentId): Iterable<string> {
    return this.#keys.get(environment) ?? [];
  }

  #forget(key: string): void {
    const environment = this.#environments.get(key);
    if (environment === undefined) return;
    this.#environments.delete(key);
    const keys = this.#keys.get(environment);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(environment);
  }
}

/**
 * The `api_key` of a document, a field of the outermost object. Only the beginning is read: parsing a document of
 * megabytes would block everything else.
 */
export function environmentNamedIn(document: Uint8Array): EnvironmentId | undefined {
  const text = Buffer.from(document.buffer, document.byteOffset, Math.min(document.byteLength, LOOKED_AT_BYTES));
  let depth = 0;
  let field: string | undefined;
  for (const [token, string, colon] of text.toString('latin1').matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/g)) {
    if (string === undefined) depth += token === '{' || token === '[' ? 1 : -1;
    else if (depth === 1 && colon !== undefined) field = string;
    else if (depth === 1 && field === 'api_key') return parseEnvironmentId(string);
  }
  return undefined;
}
