import { expect } from 'chai';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

describe('The documented transcript', () => {
  let service: RunningService;
  beforeEach(async () => void (service = await startService()));
  afterEach(() => service?.stop());

  it('carries a documented POST to a subscriber, and to a second one on connecting', async () => {
    const first = await StreamClient.open(service.port, 'abcxyz');
    const answer = await service.publish('abcxyz', 123);
    expect([answer.status, await answer.text()]).to.deep.equal([200, '{"updated_at":123}']);
    await first.hears('123');
    const second = await StreamClient.open(service.port, 'abcxyz');
    await second.hears('123');
    expect(first.events.map(({ data }) => data)).to.deep.equal(['{"updated_at":123}']);
    first.close();
    second.close();
  });

  it('turns what the Flagsmith API sends into epoch seconds', async () => {
    const client = await StreamClient.open(service.port, 'abcxyz');
    await service.publish('abcxyz', '2024-12-06T10:21:54.079725+00:00');
    await client.hears('1733480514.079725');
    client.close();
  });
});
