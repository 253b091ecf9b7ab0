import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { FlagsApi } from '../support/servers/flags-api.ts';
import { FLAGSMITH_PACKAGES, FlagsmithSdk } from '../support/clients/flagsmith-sdk.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';

for (const name of FLAGSMITH_PACKAGES)
  describe(`The real package ${name}`, () => {
    let service: RunningService;
    let api: FlagsApi;
    let sdk: FlagsmithSdk | undefined;
    beforeEach(async () => {
      service = await startService();
      api = await FlagsApi.start();
    });
    afterEach(async () => {
      sdk?.stop();
      await service?.stop();
      await api?.close();
    });

    it('fetches its flags again after a POST', async () => {
      sdk = new FlagsmithSdk(name, api.url, service.url('/'), 'abcxyz');
      await sdk.shows(1);
      await eventually('its stream', () => service.subscribers === 1);
      const readsBefore = api.reads;
      await service.publish('abcxyz', api.change().iso);
      await sdk.shows(2);
      expect(api.reads - readsBefore).to.equal(1);
    });

    it('does not fetch them again for a change that it already has', async () => {
      const change = api.change();
      sdk = new FlagsmithSdk(name, api.url, service.url('/'), 'abcxyz');
      await sdk.shows(change.version);
      await eventually('its stream', () => service.subscribers === 1);
      await service.publish('abcxyz', change.iso);
      await service.publish('abcxyz', api.change().iso);
      await sdk.shows(change.version + 1);
      expect(api.reads).to.equal(2);
    });
  });
