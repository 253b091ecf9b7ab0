import { nanos } from '@nats-io/transport-node';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { Instance } from '../support/servers/fleet.ts';
import { Ledger } from '../support/clients/ledger.ts';
import { NatsAdmin, STREAM } from '../support/servers/nats-admin.ts';
import { NatsServer } from '../support/servers/nats-server.ts';
import { onNats } from '../support/servers/shared-log.ts';

describe('On a stream that keeps updates for less than RETENTION_SECONDS', () => {
  const closing: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of closing.splice(0).reverse()) await each.close();
  });

  it('a running instance and a new one send new subscribers the same', async () => {
    const server = await NatsServer.start();
    closing.push(server);
    const operator = await NatsAdmin.connect(server.port);
    closing.push(operator);
    const age = nanos(1000);
    await operator.manager.streams.add({
      name: STREAM,
      subjects: ['flagsmith.environment.>'],
      max_age: age,
      duplicate_window: age,
      max_msgs_per_subject: 1,
    });
    const instances: Instance[] = [];
    const start = async (): Promise<void> => {
      const instance = await Instance.start(onNats(server.port));
      closing.push(instance);
      await instance.ready();
      instances.push(instance);
    };
    await start();
    const ledger = new Ledger('home');
    await ledger.store(instances[0]?.port ?? 0);
    await (await instances[0]?.subscribe('home'))?.hears(ledger.acknowledged);
    await eventually(
      'the stream drops it',
      async () => (await operator.manager.streams.info(STREAM)).state.messages === 0,
    );
    await start();
    const joiners = await Promise.all(instances.map((instance) => instance.subscribe('home')));
    // Whatever a joiner is shown is in its first write, so it comes before this.
    await ledger.store(instances[0]?.port ?? 0);
    for (const joiner of joiners) {
      await joiner.hears(ledger.acknowledged);
      expect(joiner.heard).to.deep.equal([ledger.acknowledged]);
    }
  });
});
