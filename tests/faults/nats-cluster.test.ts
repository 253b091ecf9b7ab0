import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { eventually } from '../support/eventually.ts';
import { Instance } from '../support/servers/fleet.ts';
import { Ledger } from '../support/clients/ledger.ts';
import { NatsAdmin, STREAM } from '../support/servers/nats-admin.ts';
import { NatsServer } from '../support/servers/nats-server.ts';
import { onNats } from '../support/servers/shared-log.ts';
import type { StreamClient } from '../support/clients/stream-client.ts';

const CEILING_MS = 60_000;

describe('Nothing acknowledged is lost in a cluster of three', function () {
  this.timeout(180_000);
  let closing: { close(): Promise<void> }[];
  let nodes: readonly NatsServer[];
  let operator: NatsAdmin;
  let instances: Instance[];
  let subscribers: StreamClient[];
  let ledger: Ledger;

  beforeEach(async () => {
    closing = [];
    nodes = await NatsServer.startCluster();
    closing.push(...nodes);
    operator = await NatsAdmin.connect(...nodes.map(({ port }) => port));
    closing.push(operator);
    const environment = {
      UPDATE_LOG: 'nats',
      NATS_URL: nodes.map(({ url }) => url).join(),
      NATS_REPLICAS: '3',
    };
    instances = [];
    for (let count = 0; count < 2; count++) {
      const instance = await Instance.start(onNats(nodes[0]?.port ?? 0), environment);
      instances.push(instance);
      closing.push(instance);
    }
    for (const instance of instances) await instance.ready(CEILING_MS);
    expect((await operator.manager.streams.info(STREAM)).config.num_replicas).to.equal(3);
    ledger = new Ledger('home');
    subscribers = [];
    for (const instance of instances) subscribers.push(await instance.subscribe('home'));
  });

  afterEach(async () => {
    for (const each of closing.reverse()) await each.close();
  });

  function node(name: string | undefined): NatsServer {
    const index = Number(/^node(\d)$/.exec(name ?? '')?.[1]);
    const found = nodes[index];
    if (found === undefined) throw new Error(`no such node: ${name}`);
    return found;
  }

  /** Posts at both instances while something happens, until posts are stored again, and checks the book. */
  async function whilePosting(happens: () => Promise<unknown>): Promise<void> {
    const stop = ledger.keepPosting(() => instances.map(({ port }) => port));
    try {
      await eventually('some are stored', () => ledger.count(200) > 10, CEILING_MS);
      await happens();
      for (const { port } of instances) await ledger.store(port, CEILING_MS);
    } finally {
      await stop();
    }
    await ledger.settle(subscribers);
  }

  it('when the node that holds a consumer is killed and left down', async () => {
    await whilePosting(async () => {
      const [name] = await operator.consumers();
      const consumer = await operator.manager.consumers.info(STREAM, name ?? '');
      await node(consumer.cluster?.leader).kill();
    });
  });

  it("when the stream's leader is killed and left down", async () => {
    await whilePosting(async () => {
      const { cluster } = await operator.manager.streams.info(STREAM);
      await node(cluster?.leader).kill();
    });
  });

  it("when the stream's leader steps down, and all nodes are restarted in turn", async () => {
    await whilePosting(async () => {
      await operator.connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${STREAM}`, '', { timeout: 5000 });
      const stored = ledger.count(200);
      await eventually('some are stored after it', () => ledger.count(200) > stored + 10, CEILING_MS);
      for (const each of nodes) {
        await each.kill();
        await each.restart();
        const before = ledger.count(200);
        await eventually('some are stored again', () => ledger.count(200) > before + 5, CEILING_MS);
      }
    });
  });
});
