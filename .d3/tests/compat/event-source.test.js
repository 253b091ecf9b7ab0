import { expect } from 'chai';
import { EventSource } from 'eventsource';
import { eventually } from "../support/eventually.js";
import { FrontDoor } from "../support/servers/front-door.js";
import { Instances } from "./instances.js";
describe('The eventsource package', () => {
    const instances = new Instances();
    let door;
    let stream;
    before(async () => void (door = await FrontDoor.open()));
    after(async () => {
        stream?.close();
        await door.close();
        await instances.stop();
    });
    it('hears the replay, updates in order, and after the time of "retry:" another instance', async () => {
        const first = await instances.start();
        door.leadTo(first.port);
        await first.publish('abcxyz', 1);
        const heard = [];
        stream = new EventSource(`${door.url}sse/environments/abcxyz/stream`);
        stream.addEventListener('environment_updated', ({ data }) => heard.push(String(data)));
        const hears = (...updates) => eventually(() => `to hear ${updates.join()}; heard ${heard.join()}`, () => heard.join() === updates.map((update) => `{"updated_at":${update}}`).join());
        await hears(1);
        await first.publish('abcxyz', 2);
        await hears(1, 2);
        const second = await instances.start();
        door.leadTo(second.port);
        await first.stop();
        await hears(1, 2, 2);
        await second.publish('abcxyz', 3);
        await hears(1, 2, 2, 3);
        expect(door.connections, 'streams that it opened').to.equal(2);
    });
});
//# sourceMappingURL=event-source.test.js.map