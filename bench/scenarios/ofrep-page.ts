import { RefetchingPage } from '../../tests/support/clients/refetching-page.ts';
import { ChangingApi, ENVIRONMENT } from '../../tests/support/servers/changing-api.ts';
import { atMost, type Bench, digits, type Findings, pause, withSubject } from '../scenario.ts';
import { type Subject, TOKEN } from '../subject.ts';

/** An environment's streams of OFREP get no two events within a second. */
const ROUND_MS = 1100;
const GIVEN_UP_MS = 30_000;

/** From the POST of a change until the page has its flags, in milliseconds. */
async function changeReachesMs(subject: Subject, api: ChangingApi, page: RefetchingPage): Promise<number> {
  const changed = api.change();
  const beganMs = performance.now();
  const answer = await fetch(`http://127.0.0.1:${subject.port}/sse/environments/${ENVIRONMENT}/queue-change`, {
    method: 'POST',
    headers: { Authorization: `Token ${TOKEN}` },
    body: JSON.stringify({ updated_at: changed }),
  });
  if (answer.status !== 200) throw new Error(`a change was answered with ${answer.status}`);
  while (page.version !== api.version) {
    if (performance.now() > beganMs + GIVEN_UP_MS) throw new Error('the page has no flags of the change');
    await pause(1);
  }
  return performance.now() - beganMs;
}

export const ofrepPage = {
  name: 'ofrep-page',
  title: 'From a change to the flags in a page with OpenFeature',
  about:
    'A client does what a page with the web provider does: it waits for 50 ms after an event, and asks for its flags. A ' +
    'stand-in for the Flagsmith API answers at once. A change every 1.1 seconds; from its POST until the client has the flags.',
  async run(bench: Bench): Promise<Findings> {
    const api = await ChangingApi.start();
    try {
      const env = { FLAGSMITH_API_URL: api.url };
      const tookMs = await withSubject(bench, 'halyard', { env }, async (subject) => {
        const page = new RefetchingPage(`http://127.0.0.1:${subject.port}/`, ENVIRONMENT, 'user-1');
        await page.open();
        const each: number[] = [];
        const rounds = bench.isQuick ? 10 : 100;
        while (each.length < rounds) {
          each.push(await changeReachesMs(subject, api, page));
          await pause(ROUND_MS);
        }
        page.close();
        return each.sort((a, b) => a - b);
      });
      const at = (share: number): number => tookMs[Math.floor((tookMs.length - 1) * share)] ?? NaN;
      return {
        tables: [
          {
            head: ['changes', 'p50', 'p99', 'the longest'],
            rows: [[String(tookMs.length), ...[0.5, 0.99, 1].map((share) => `${digits(at(share), 0)} ms`)]],
          },
        ],
        bars: [atMost('from a change to the flags in a page with OpenFeature, p99', at(0.99), 1000, 'ms')],
      };
    } finally {
      await api.close();
    }
  },
};
