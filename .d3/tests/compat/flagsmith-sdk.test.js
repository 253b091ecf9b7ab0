import { expect } from 'chai';
import { eventually } from "../support/eventually.js";
import { FlagsApi } from "../support/servers/flags-api.js";
import { FlagsmithSdk } from "../support/clients/flagsmith-sdk.js";
import { startService } from "../support/servers/running-service.js";
describe('The real flagsmith package', () => {
    let service;
    let api;
    let sdk;
    beforeEach(async () => {
        service = await startService();
        api = await FlagsApi.start();
    });
    afterEach(async () => {
        sdk?.stop();
        await service.stop();
        await api.close();
    });
    it('fetches its flags again after a POST', async () => {
        sdk = new FlagsmithSdk(api.url, service.url('/'), 'abcxyz');
        await sdk.shows(1);
        await eventually('its stream', () => service.subscribers === 1);
        const readsBefore = api.reads;
        await service.publish('abcxyz', api.change().iso);
        await sdk.shows(2);
        expect(api.reads - readsBefore).to.equal(1);
    });
    it('does not fetch them again for a change that it has already', async () => {
        const change = api.change();
        sdk = new FlagsmithSdk(api.url, service.url('/'), 'abcxyz');
        await sdk.shows(change.version);
        await eventually('its stream', () => service.subscribers === 1);
        await service.publish('abcxyz', change.iso);
        await service.publish('abcxyz', api.change().iso);
        await sdk.shows(change.version + 1);
        expect(api.reads).to.equal(2);
    });
});
//# sourceMappingURL=flagsmith-sdk.test.js.map