import { Agent, request } from 'node:http';

const TIMEOUT_MS = 2000;

/**
 * The Flagsmith API as the service's caller: Python's `requests` with its headers and its spacing, a time-out of
 * two seconds, and retries without a pause.
 */
export class FlagsmithApi {
  readonly #baseUrl: string;
  readonly #token: string;
  readonly #tries: number;
  readonly #agent: Agent;
  /** The statuses of the answers; 0: none in time. */
  readonly statuses: number[] = [];

  /**
   * @param baseUrl without a final slash, as in the API's setting
   * @param tries 1 to 3, depending on how its task processor is deployed
   * @param connections the most that are open at a time; 0: a new one each time, as the API does it
   */
  constructor(baseUrl: string, token: string, { tries = 1, connections = 0 } = {}) {
    this.#baseUrl = baseUrl;
    this.#token = token;
    this.#tries = tries;
    this.#agent = connections === 0 ? new Agent() : new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** @returns whether the API counts it as done */
  async notify(environment: string, updatedAt: string): Promise<boolean> {
    for (let attempt = 0; attempt < this.#tries; attempt++) {
      const status = await this.#post(environment, updatedAt);
      this.statuses.push(status);
      if (status >= 200 && status < 300) return true;
    }
    return false;
  }

  /** Reports a change to a whole project: one post for each environment, and the first failure repeats them all. */
  async notifyProject(environments: readonly string[], updatedAt: string): Promise<boolean> {
    for (let attempt = 0; attempt < this.#tries; attempt++) {
      let done = true;
      for (const environment of environments) {
        const status = await this.#post(environment, updatedAt);
        this.statuses.push(status);
        done = status >= 200 && status < 300;
        if (!done) break;
      }
      if (done) return true;
    }
    return false;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(environment: string, updatedAt: string): Promise<number> {
    const body = `{"updated_at": "${updatedAt}"}`;
    return new Promise((resolve) => {
      const post = request(`${this.#baseUrl}/sse/environments/${environment}/queue-change`, {
        method: 'POST',
        agent: this.#agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          'User-Agent': 'python-requests/2.32.3',
          'Accept-Encoding': 'gzip, deflate',
          Accept: '*/*',
          Connection: 'keep-alive',
          Authorization: `Token ${this.#token}`,
          'Content-Length': body.length,
          'Content-Type': 'application/json',
        },
      });
      post.on('error', () => resolve(0));
      post.on('response', (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', () => resolve(0));
      });
      // Python's http.client sends the head by itself, and the body after it.
      post.flushHeaders();
      setImmediate(() => post.end(body));
    });
  }
}
