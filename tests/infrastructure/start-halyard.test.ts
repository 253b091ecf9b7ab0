import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { messageOf } from '../../application/ports/message-of.ts';
import type { RunningHalyard, SteppedHalyard } from '../../infrastructure/testing/running-halyard.ts';
import { type HalyardOptions, startHalyard } from '../../infrastructure/testing/start-halyard.ts';
import { eventually } from '../support/eventually.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

const stopping: RunningHalyard[] = [];
afterEach(() => Promise.all(stopping.splice(0).map((halyard) => halyard.stop())));

async function start(options?: HalyardOptions): Promise<RunningHalyard> {
  const halyard = await startHalyard(options);
  stopping.push(halyard);
  return halyard;
}

async function startStepped(options: HalyardOptions = {}): Promise<SteppedHalyard> {
  const halyard = await startHalyard({ ...options, clock: 'stepped' });
  stopping.push(halyard);
  return halyard;
}

function subscribe({ url }: RunningHalyard, environment: string): Promise<StreamClient> {
  return StreamClient.open(Number(new URL(url).port), environment);
}

function post(halyard: RunningHalyard, environment: string, body: unknown, token = halyard.token): Promise<Response> {
  return fetch(`${halyard.url}/sse/environments/${environment}/queue-change`, {
    method: 'POST',
    headers: { Authorization: `Token ${token}` },
    body: JSON.stringify(body),
  });
}

async function readyz({ url }: RunningHalyard): Promise<number> {
  return (await fetch(`${url}/readyz`)).status;
}

/** The message of the error that a promise is rejected with. */
function mistake(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'no mistake', messageOf);
}

for (const transport of ['uws', 'node'] as const)
  describe(`startHalyard on ${transport}`, () => {
    it('starts a whole service, which is ready within seconds', async () => {
      const beganMs = performance.now();
      const halyard = await start({ transport });
      expect(performance.now() - beganMs).to.be.below(10_000);
      expect(halyard.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await readyz(halyard)).to.equal(200);
    });

    it('sends subscribers what the test publishes, and what others post with its token', async () => {
      const halyard = await start({ transport });
      const client = await subscribe(halyard, 'abc');
      expect(await halyard.publish('abc', 1_733_480_514.079725)).to.equal('stored');
      await client.hears('1733480514.079725');
      expect((await post(halyard, 'abc', { updated_at: 1_733_480_515 })).status).to.equal(200);
      await client.hears('1733480515.000000');
      expect((await post(halyard, 'abc', { updated_at: 1_733_480_516 }, 'wrong')).status).to.equal(401);
    });

    it('counts the subscribers of an environment, and all', async () => {
      const halyard = await start({ transport });
      const [first] = [await subscribe(halyard, 'abc'), await subscribe(halyard, 'abc'), await subscribe(halyard, 'x')];
      expect([halyard.subscribers('abc'), halyard.subscribers('x'), halyard.subscribers('y')]).to.deep.equal([2, 1, 0]);
      expect(halyard.subscribers()).to.equal(3);
      first.close();
      await eventually('the stream to be gone', () => halyard.subscribers('abc') === 1);
    });

    it('ends streams properly when it stops, and accepts no more connections', async () => {
      const halyard = await start({ transport });
      const client = await subscribe(halyard, 'abc');
      await Promise.all([halyard.stop(), halyard.stop()]);
      await client.raw.closed();
      expect(client.endedProperly).to.equal(true);
      expect(await mistake(fetch(halyard.url))).to.equal('fetch failed');
    });

    it('sends keep-alives on a clock that is stepped, and none while the clock stands still', async () => {
      const halyard = await startStepped({ transport });
      const client = await subscribe(halyard, 'abc');
      const comments = (): number => client.body.match(/^:$/gm)?.length ?? 0;
      for (const value of [1, 2]) {
        await halyard.advance(14_000);
        await halyard.publish('abc', value);
        await client.hears(String(value));
      }
      // A transport may write a comment after anything that it writes, including the first bytes.
      const before = comments();
      expect([0, 3]).to.include(before);
      await halyard.advance(60_000);
      await eventually('four keep-alives', () => comments() - before >= 4);
      expect(comments() - before).to.equal(4);
    });

    it('ends a stream at its age on a clock that is stepped', async () => {
      const halyard = await startStepped({ transport, environment: { MAX_STREAM_AGE_SECONDS: '3600' } });
      const client = await subscribe(halyard, 'abc');
      await halyard.advance(2800_000);
      expect(halyard.subscribers()).to.equal(1);
      await halyard.advance(1600_000);
      expect(halyard.subscribers()).to.equal(0);
      await eventually('the proper end', () => client.endedProperly);
    });
  });

describe('An outage of startHalyard', () => {
  for (const kind of ['refuse', 'hang'] as const) {
    it(`that makes appends ${kind} answers changes at their deadline, and publishes them when the outage has ended`, async () => {
      const halyard = await startStepped({ environment: { APPEND_DEADLINE_MS: '1500' } });
      const client = await subscribe(halyard, 'abc');
      await halyard.outage({ kind });
      const outcome = halyard.publish('abc', 1_733_480_514);
      let isSettled = false;
      void outcome.then(() => (isSettled = true));
      await halyard.advance(1499);
      expect(isSettled).to.equal(false);
      await halyard.advance(2);
      expect(await outcome).to.equal('unavailable');
      expect(client.heard).to.deep.equal([]);
      await halyard.restore();
      await halyard.advance(1000);
      await client.hears('1733480514.000000');
    });

    it(`that makes appends ${kind} shows in /readyz after five seconds, and ends by itself`, async () => {
      const halyard = await startStepped();
      await halyard.outage({ kind, ms: 60_000 });
      expect(await readyz(halyard)).to.equal(200);
      await halyard.advance(5000);
      expect(await readyz(halyard)).to.equal(503);
      await halyard.advance(54_999);
      expect(await readyz(halyard)).to.equal(503);
      await halyard.advance(1);
      expect(await readyz(halyard)).to.equal(200);
      expect(await halyard.publish('abc', 1)).to.equal('stored');
    });
  }

  it('makes queue-change answer 503', async () => {
    const halyard = await start({ environment: { APPEND_DEADLINE_MS: '50' } });
    await halyard.outage({ kind: 'refuse' });
    expect((await post(halyard, 'abc', { updated_at: 1 })).status).to.equal(503);
  });

  it('leaves a refused change to its next try, and one that hangs to its deadline', async () => {
    const outcomes = await Promise.all(
      (['refuse', 'hang'] as const).map(async (kind) => {
        const halyard = await startStepped({ environment: { APPEND_DEADLINE_MS: '1500' } });
        await halyard.outage({ kind });
        const outcome = halyard.publish('abc', 1);
        await halyard.advance(500);
        await halyard.restore();
        await halyard.advance(1001);
        return outcome;
      }),
    );
    expect(outcomes).to.deep.equal(['stored', 'unavailable']);
  });

  it('replaces another one, including its end', async () => {
    const halyard = await startStepped();
    await halyard.outage({ kind: 'hang', ms: 1000 });
    await halyard.outage({ kind: 'refuse' });
    await halyard.advance(10_000);
    expect(await readyz(halyard)).to.equal(503);
    await halyard.restore();
    await halyard.restore();
    expect(await readyz(halyard)).to.equal(200);
  });

  it('ends by itself on real time, too', async () => {
    const halyard = await start({ environment: { APPEND_DEADLINE_MS: '10000' } });
    await halyard.outage({ kind: 'refuse', ms: 100 });
    expect(await halyard.publish('abc', 1)).to.equal('stored');
  });
});

describe('A stepped clock of startHalyard', () => {
  it('takes concurrent steps one after the other', async () => {
    const halyard = await startStepped();
    await halyard.outage({ kind: 'hang', ms: 2000 });
    await Promise.all([halyard.advance(1000), halyard.advance(999)]);
    expect(halyard.subscribers()).to.equal(0);
    const outcome = halyard.publish('abc', 1);
    await halyard.advance(1);
    await halyard.advance(1500);
    expect(await outcome).to.equal('unavailable');
    expect(await halyard.publish('abc', 2)).to.equal('stored');
  });

  it('advances by itself when the service stops, as long as its drain takes', async () => {
    const halyard = await startStepped({ environment: { DRAIN_WAIT_SECONDS: '600', DRAIN_SECONDS: '600' } });
    const client = await subscribe(halyard, 'abc');
    await halyard.stop();
    await client.raw.closed();
    expect(client.endedProperly).to.equal(true);
  });

  it('begins at the real time, so that present times can be compared', async () => {
    const halyard = await startStepped();
    const now = Math.floor(Date.now() / 1000);
    await halyard.publish('abc', now);
    await halyard.publish('abc', now - 10);
    expect((await subscribe(halyard, 'abc')).heard).to.deep.equal([`${now}.000000`]);
  });
});

describe('A mistake with startHalyard is named:', () => {
  it('a variable that does not exist, that is set here, that is not a string, or that has an invalid value', async () => {
    const started = (environment: Record<string, unknown>): Promise<string> =>
      mistake(startHalyard({ environment: environment as Record<string, string> }));
    expect(await started({ KEEPALIVE: '1' })).to.include('no variable KEEPALIVE; it has ');
    expect(await started({ UPDATE_LOG: 'nats' })).to.equal(
      'UPDATE_LOG cannot be set in a test: it runs on the embedded log',
    );
    expect(await started({ KEEP_ALIVE_SECONDS: 1 })).to.equal(
      'KEEP_ALIVE_SECONDS must be a string, as in an environment, not 1',
    );
    expect(await started({ KEEP_ALIVE_SECONDS: 'soon' })).to.include(
      'KEEP_ALIVE_SECONDS must be a number from 1 to 86400',
    );
  });

  it('an address that is in use, and an unknown clock', async () => {
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as { port: number };
    expect(await mistake(startHalyard({ port }))).to.include(`cannot listen on 127.0.0.1:${port}`);
    taken.close();
    expect(await mistake(startHalyard({ clock: 'sundial' as 'system' }))).to.include('not sundial');
  });

  it('an invalid environment, time, kind of outage, or duration', async () => {
    const halyard = await startStepped();
    expect(await mistake(halyard.publish('ser.abc', 1))).to.include('invalid environment key: "ser.abc". Expected');
    expect(() => halyard.subscribers('a b')).to.throw('invalid environment key: "a b". Expected');
    expect(await mistake(halyard.publish('abc', 'yesterday'))).to.include('is not an ISO 8601 date and time');
    expect(await mistake(halyard.outage({ kind: 'fire' as 'hang' }))).to.include('not fire');
    expect(await mistake(halyard.outage({ kind: 'hang', ms: -1 }))).to.include('not -1');
    expect(await mistake(halyard.advance(NaN))).to.include('not NaN');
  });

  it('a step without a stepped clock, and calls after the stop', async () => {
    const halyard = await start();
    expect(await mistake((halyard as SteppedHalyard).advance(1))).to.include("clock: 'stepped'");
    await halyard.stop();
    expect(await mistake(halyard.publish('abc', 1))).to.equal('publish was called after stop');
    expect(await mistake(halyard.outage({ kind: 'hang' }))).to.equal('outage was called after stop');
    expect(await mistake(halyard.restore())).to.equal('restore was called after stop');
  });
});
