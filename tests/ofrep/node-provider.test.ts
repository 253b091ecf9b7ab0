import { expect } from 'chai';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { type Client, OpenFeature } from '@openfeature/server-sdk';
import { ENVIRONMENT, ChangingApi } from '../support/servers/changing-api.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';

describe('The OpenFeature provider for Node', () => {
  const context = { targetingKey: 'user-1', plan: 'gold' };
  let api: ChangingApi;
  let service: RunningService;
  let client: Client;

  before(async () => {
    api = await ChangingApi.start();
    service = await startService({ FLAGSMITH_API_URL: api.url });
    client = await clientWith(ENVIRONMENT);
  });
  after(async () => {
    await OpenFeature.close();
    await service?.stop();
    await api?.close();
  });

  /** A client with a provider of its own. */
  async function clientWith(key: string): Promise<Client> {
    const provider = new OFREPProvider({ baseUrl: service.url(''), headers: [['X-API-Key', key]] });
    await OpenFeature.setProviderAndWait(key, provider);
    return OpenFeature.getClient(key);
  }

  it('evaluates a flag for a context', async () => {
    expect(await client.getStringDetails('greeting', '', context)).to.deep.include({
      value: 'Hello, gold',
      reason: 'TARGETING_MATCH',
    });
    expect(await client.getBooleanValue('dark_mode', false, context)).to.equal(true);
  });

  it('has a change with its next evaluation: it follows no stream and keeps nothing', async () => {
    const before = await client.getNumberValue('version', 0, context);
    expect((await service.publish(ENVIRONMENT, api.change())).status).to.equal(200);
    expect(await client.getNumberValue('version', 0, context)).to.equal(before + 1);
    expect(service.subscribers).to.equal(0);
  });

  it('gives the default of the code for a disabled flag with a value, and reports an error', async () => {
    const details = await client.getNumberDetails('discount', 7, context);
    expect(details.value).to.equal(7);
    expect(details.errorCode, 'of 0.1.3, to which an answer without a value is no answer').to.equal('GENERAL');
  });

  it('gives the default for a flag that is not there, and for a getter of another type', async () => {
    expect(await client.getBooleanDetails('no_such_flag', true, context)).to.deep.include({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await client.getBooleanDetails('version', true, context)).to.deep.include({
      value: true,
      errorCode: 'TYPE_MISMATCH',
    });
  });

  it('gives the default for a key that Flagsmith refuses', async () => {
    const refused = await clientWith('another');
    expect(await refused.getStringDetails('greeting', 'none', context)).to.deep.include({
      value: 'none',
      reason: 'ERROR',
    });
  });
});
