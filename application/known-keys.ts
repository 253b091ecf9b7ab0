/** Beyond this, the key whose last good answer is the oldest is forgotten. */
const MAX_KEYS = 10_000;

/** Keys for which the API has given a good answer, each with the path that was requested. It owns the set. */
export class KnownKeys {
  readonly #known = new Set<string>();

  /** @param path of the API, without a query */
  add(path: string, environmentKey: string): void {
    const id = `${path} ${environmentKey}`;
    this.#known.delete(id);
    this.#known.add(id);
    const oldest = this.#known.values().next();
    if (this.#known.size > MAX_KEYS && oldest.done !== true) this.#known.delete(oldest.value);
  }

  delete(path: string, environmentKey: string): void {
    this.#known.delete(`${path} ${environmentKey}`);
  }

  has(path: string, environmentKey: string): boolean {
    return this.#known.has(`${path} ${environmentKey}`);
  }
}
