import { expect } from 'chai';
import { EventSource } from 'eventsource';
import { eventually } from '../support/eventually.ts';
import { FrontDoor } from '../support/servers/front-door.ts';
import { Instances } from './instances.ts';

describe('The eventsource package', () => {
  const instances = new Instances();
  let door: FrontDoor;
  let stream: EventSource | undefined;
  before(async () => void (door = await FrontDoor.open()));
  after(async () => {
    stream?.close();
    await door.close();
    await instances?.stop();
  });

  it('receives the replay, updates in order, and after the time of "retry:" the updates of another instance', async () => {
    const first = await instances.start();
    door.leadTo(first.port);
    await first.publish('abcxyz', 1);
    const heard: string[] = [];
    stream = new EventSource(`${door.url}sse/environments/abcxyz/stream`);
    stream.addEventListener('environment_updated', ({ data }) => heard.push(String(data)));
    const hears = (...updates: number[]): Promise<void> =>
      eventually(
        () => `to hear ${updates.join()}; heard ${heard.join()}`,
        () => heard.join() === updates.map((update) => `{"updated_at":${update}}`).join(),
      );
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
