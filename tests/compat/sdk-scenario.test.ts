import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { FlagsApi } from '../support/servers/flags-api.ts';
import { FrontDoor } from '../support/servers/front-door.ts';
import type { RunningService } from '../support/servers/running-service.ts';
import { Instances } from './instances.ts';
import { type Application, CASES, type Case, ENVIRONMENT, isAtRest } from './sdk-cases.ts';
import { SdkClient } from './sdks/sdk-client.ts';

/** The built-in rules in small, as the SDKs' own waits are: the sweep that ends old streams comes once a second. */
const SETTINGS = { STREAM_AGE_RULES: 'Dart/=1.1-1.3,Faraday=0.2-0.3', APPEND_DEADLINE_MS: '300' };

/** One SDK's application behind a front door, and the flags that it should have. */
class Stage {
  readonly instances = new Instances();
  readonly api: FlagsApi;
  readonly door: FrontDoor;
  readonly app: Application;

  private constructor(tested: Case, api: FlagsApi, door: FrontDoor) {
    this.api = api;
    this.door = door;
    this.app = tested.start(door.url, api);
  }

  static async set(tested: Case): Promise<Stage> {
    return new Stage(tested, await FlagsApi.start(), await FrontDoor.open());
  }

  async clear(): Promise<void> {
    this.app.stop();
    await this.door.close();
    await this.instances.stop();
    await this.api.close();
  }

  async publish(service: RunningService, expected = 200): Promise<void> {
    const { status } = await service.publish(ENVIRONMENT, this.api.change().iso);
    expect(status).to.equal(expected);
  }

  /**
   * The application has the newest flags, and no fetch is in flight: Flutter's SDK ignores a change that is made before
   * the answer to its last fetch has come, and no service can heal that.
   */
  async isCurrent(when: string): Promise<void> {
    await eventually(
      () => `the flags after ${when}: version ${this.app.version} is shown, ${this.api.latest.version} is the newest`,
      () => this.app.version === this.api.latest.version && isAtRest(this.app, this.api),
    );
  }

  async hasStream(service: RunningService): Promise<void> {
    await eventually('a stream', () => service.subscribers > 0);
  }
}

async function wholeScenario(tested: Case): Promise<void> {
  const stage = await Stage.set(tested);
  const { api, door, instances } = stage;
  const beganMs = performance.now();
  try {
    const first = await instances.start(SETTINGS);
    await stage.isCurrent('loading');
    await stage.publish(first);
    door.leadTo(first.port);
    await stage.isCurrent('the replay on connecting');

    await stage.publish(first);
    await stage.isCurrent('a live update');

    const burst = Array.from({ length: 50 }, () => api.change());
    await Promise.all(burst.map(({ iso }) => first.publish(ENVIRONMENT, iso)));
    await stage.isCurrent('a burst');

    await stage.hasStream(first);
    const connectionsBefore = door.connections;
    first.log.interrupt();
    await stage.publish(first, 503);
    if (tested.extraStreamsASecond === undefined) expect(door.connections).to.equal(connectionsBefore);
    first.log.restore();
    await stage.isCurrent('an outage of the log');

    await stage.hasStream(first);
    const second = await instances.start(SETTINGS);
    door.leadTo(second.port);
    await first.stop();
    await stage.publish(second);
    await stage.isCurrent('a drain');

    await stage.hasStream(second);
    door.leadTo(undefined);
    await second.stop();
    const third = await instances.start(SETTINGS);
    await stage.publish(third);
    door.leadTo(third.port);
    await stage.isCurrent('a restart');

    const seconds = (performance.now() - beganMs) / 1000;
    // One for each instance, and what its own way of working adds.
    const bound = 3 + Math.ceil(seconds * (tested.extraStreamsASecond ?? 0));
    expect(door.connections, 'streams that it opened').to.be.within(3, bound);
    // Flutter's pile up while there is no instance, and become fewer by their age.
    await eventually('it to hold three streams at most', () => third.subscribers <= 3);
  } finally {
    await stage.clear();
  }
}

async function cutScenario(tested: Case): Promise<void> {
  const stage = await Stage.set(tested);
  const { door, instances } = stage;
  try {
    const first = await instances.start(SETTINGS);
    await stage.isCurrent('loading');
    door.leadTo(first.port);
    await stage.hasStream(first);
    door.leadTo(undefined);
    door.cut();
    const second = await instances.start(SETTINGS);
    await stage.publish(second);
    door.leadTo(second.port);
    if (tested.survivesCut) await stage.isCurrent('a cut');
    else await eventually('it gives up', () => stage.app instanceof SdkClient && stage.app.gaveUp);
  } finally {
    await stage.clear();
  }
}

/** Every SDK goes through the same; all of them at once, for most of it is their own waiting. */
function forEachSdk(scenario: (tested: Case) => Promise<void>, title: (tested: Case) => string): void {
  const runs = new Map<string, Promise<unknown>>();
  before(() => {
    for (const tested of CASES) {
      const run = scenario(tested).then(
        () => undefined,
        (error: unknown) => error,
      );
      runs.set(tested.name, run);
    }
  });
  for (const tested of CASES)
    it(title(tested), async () => {
      const error = await runs.get(tested.name);
      if (error !== undefined) throw error as Error;
    });
}

describe('An application with an SDK', () => {
  describe('has the newest flags after replay, update, burst, log outage, drain and restart', () => {
    forEachSdk(wholeScenario, ({ name }) => name);
  });

  describe('whose connection is cut', () => {
    forEachSdk(cutScenario, ({ name, survivesCut }) =>
      survivesCut ? `comes back and catches up: ${name}` : `gives up, whatever the service does: ${name}`,
    );
  });
});
