import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import type { StreamClient } from './stream-client.ts';
import { TOKEN } from '../servers/running-service.ts';

const BASE_SECONDS = 1_733_480_000;
const CEILING_MS = 30_000;

/**
 * What was posted to an environment, and how it was answered. Each post has a greater time than the ones before it, but
 * posts are sent side by side, so that the log may store a smaller one last.
 */
export class Ledger {
  readonly environment: string;
  #posts = 0;
  #acknowledged = 0;
  #refused = 0;
  readonly statuses = new Map<number, number>();

  constructor(environment: string) {
    this.environment = environment;
  }

  /** The greatest that was answered with 200. */
  get acknowledged(): string {
    return value(this.#acknowledged);
  }

  /** The greatest that has to be received: refused updates are appended when the log is reachable again. */
  get owed(): string {
    return value(Math.max(this.#acknowledged, this.#refused));
  }

  count(status: number): number {
    return this.statuses.get(status) ?? 0;
  }

  /** @returns the status, or 0 if the instance ended before it answered */
  async post(port: number): Promise<number> {
    const post = ++this.#posts;
    const status = await send(port, this.environment, value(post));
    this.statuses.set(status, this.count(status) + 1);
    if (status === 200) this.#acknowledged = Math.max(this.#acknowledged, post);
    if (status === 503) this.#refused = Math.max(this.#refused, post);
    return status;
  }

  /** Posts until it is stored. */
  async store(port: number, ceilingMs = CEILING_MS): Promise<void> {
    await eventually('a post is stored', async () => (await this.post(port)) === 200, ceilingMs);
  }

  /** Two callers post without waiting for each other, at every port in turn, until they are stopped. */
  keepPosting(ports: () => readonly number[]): () => Promise<void> {
    let on = true;
    const caller = async (first: number): Promise<void> => {
      for (let turn = first; on; turn++) {
        const current = ports();
        const port = current[turn % Math.max(1, current.length)];
        // A port without a listener fails at once, and a loop without a pause would starve this process.
        if (port !== undefined) await this.post(port);
        await delay(5);
      }
    };
    const callers = [caller(0), caller(1)];
    return async () => {
      on = false;
      await Promise.all(callers);
    };
  }

  /** Every subscriber has received the last one, or will within the ceiling. */
  async settle(subscribers: readonly StreamClient[]): Promise<void> {
    await this.#heard(subscribers, () => this.owed);
    expect([...this.statuses.keys()].filter((status) => status !== 200 && status !== 503)).to.deep.equal([]);
  }

  /** No subscriber received the same update twice. */
  heardOnce(subscribers: readonly StreamClient[]): void {
    for (const { events } of subscribers) {
      const ids = events.map(({ id }) => id);
      const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
      expect(twice, 'received twice').to.deep.equal([]);
    }
  }

  /** Every subscriber receives what is acknowledged by now, or a greater one. */
  hear(subscribers: readonly StreamClient[]): Promise<void> {
    const acknowledged = this.acknowledged;
    return this.#heard(subscribers, () => acknowledged);
  }

  async #heard(subscribers: readonly StreamClient[], wanted: () => string): Promise<void> {
    for (const [index, subscriber] of subscribers.entries())
      await eventually(
        `subscriber ${index} receives ${wanted()} or later; received ${subscriber.heard.slice(-5).join()}`,
        () => subscriber.heard.some((heard) => Number(heard) >= Number(wanted())),
        CEILING_MS,
      );
  }
}

function value(post: number): string {
  return `${BASE_SECONDS + post}.000000`;
}

async function send(port: number, environment: string, updatedAt: string): Promise<number> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/sse/environments/${environment}/queue-change`, {
      method: 'POST',
      headers: { Authorization: `Token ${TOKEN}` },
      body: `{"updated_at":${updatedAt}}`,
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
