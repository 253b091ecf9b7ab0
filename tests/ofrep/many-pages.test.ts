import { expect } from 'chai';
import { RefetchingPage } from '../support/clients/refetching-page.ts';
import { eventually } from '../support/eventually.ts';
import { ENVIRONMENT, ChangingApi } from '../support/servers/changing-api.ts';
import { startService } from '../support/servers/running-service.ts';

const PAGES = 1000;
/** What an API on two cores answers in a second. */
const CAPACITY = 100;
/** So few load at a time that they do not have to wait for long. */
const LOADING_AT_A_TIME = 20;

describe('A thousand pages with the OpenFeature web provider', () => {
  it('all have the flags of a change, from an API that answers a hundred requests a second', async () => {
    const api = await ChangingApi.start(CAPACITY);
    const service = await startService({ FLAGSMITH_API_URL: api.url });
    const pages = Array.from(
      { length: PAGES },
      (_, number) => new RefetchingPage(service.url('/'), ENVIRONMENT, `user-${number}`),
    );
    try {
      while (service.subscribers < PAGES) {
        const next = pages.slice(service.subscribers, service.subscribers + LOADING_AT_A_TIME);
        await Promise.all(next.map((page) => page.open()));
      }
      const changed = api.change();
      expect((await service.publish(ENVIRONMENT, changed)).status).to.equal(200);
      const ended = (): number => pages.reduce((sum, { answered, failed }) => sum + answered + failed, 0);
      await eventually(
        () => `${PAGES} refetches to end; ${ended()} have`,
        () => ended() >= PAGES,
        5 * 60_000,
      );
      expect(
        pages.reduce((sum, { failed }) => sum + failed, 0),
        'refetches that failed',
      ).to.equal(0);
      expect(pages.filter(({ version }) => version !== api.version)).to.have.length(0);
    } finally {
      for (const page of pages) page.close();
      await service.stop();
      await api.close();
    }
  });
});
