import { expect } from 'chai';
import { StreamClient } from '../support/clients/stream-client.ts';
import { Instances } from './instances.ts';

describe('The id of an event', () => {
  let instances: Instances;
  beforeEach(() => void (instances = new Instances()));
  afterEach(() => instances?.stop());

  it('is not given twice when the stream behind it is recreated', async () => {
    const service = await instances.start();
    const client = await StreamClient.open(service.port, 'abcxyz');
    await service.publish('abcxyz', 1_733_480_514);
    await client.hears('1733480514.000000');
    service.log.interrupt();
    instances.store.reset();
    service.log.restore();
    await service.publish('abcxyz', 1_733_480_515);
    await client.hears('1733480515.000000');
    // Both are the first of their stream.
    expect(client.events.map(({ id }) => id)).to.deep.equal(['1-1733480514.000000', '1-1733480515.000000']);
    client.close();
  });

  it('is the same at every instance', async () => {
    const services = [await instances.start(), await instances.start()];
    const clients = await Promise.all(services.map(({ port }) => StreamClient.open(port, 'abcxyz')));
    await services[0]?.publish('abcxyz', 123);
    for (const client of clients) {
      await client.hears('123');
      expect(client.events.map(({ id }) => id)).to.deep.equal(['1-123']);
      client.close();
    }
  });
});
