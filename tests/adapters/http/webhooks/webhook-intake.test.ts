import { expect } from 'chai';
import type { FlagsmithEvent } from '../../../../adapters/http/webhooks/flagsmith-event.ts';
import { KnownEnvironments } from '../../../../adapters/http/webhooks/known-environments.ts';
import { type Taken, WebhookIntake } from '../../../../adapters/http/webhooks/webhook-intake.ts';
import type { Changes } from '../../../../application/ports/changes.ts';
import { env, time } from '../../../support/memory/memory-instance.ts';

class RecordedChanges implements Changes {
  readonly announced: string[] = [];
  readonly refusing = new Set<string>();

  change(environment: string, updatedAt: string): Promise<'stored' | 'unavailable'> {
    this.announced.push(`${environment} ${updatedAt}`);
    return Promise.resolve(this.refusing.has(environment) ? 'unavailable' : 'stored');
  }
}

function change(id: number | undefined, seconds: number): FlagsmithEvent {
  return { id, updatedAt: time(seconds), project: 1, environment: { number: 1, key: env('a') } };
}

const STORED: Taken = { outcome: 'stored', environments: 1 };
const REPEATED: Taken = { outcome: 'repeated', environments: 0 };

describe('The intake of webhooks', () => {
  let changes: RecordedChanges;
  let intake: WebhookIntake;
  beforeEach(() => {
    changes = new RecordedChanges();
    intake = new WebhookIntake(new KnownEnvironments(new Map([[1, [env('a'), env('b')]]])));
  });

  it('announces a repeated webhook once, recognised by its number and time, or by its bytes', async () => {
    expect(await intake.take(changes, change(1, 1_733_480_514), 'x')).to.deep.equal(STORED);
    expect(await intake.take(changes, change(1, 1_733_480_514), 'y')).to.deep.equal(REPEATED);
    expect(await intake.take(changes, change(1, 1_733_480_515), 'x')).to.deep.equal(STORED);
    expect(await intake.take(changes, change(undefined, 1_733_480_516), 'aB')).to.deep.equal(STORED);
    expect(await intake.take(changes, change(undefined, 1_733_480_516), 'Ab')).to.deep.equal(REPEATED);
    expect(await intake.take(changes, change(undefined, 1_733_480_516), 'c')).to.deep.equal(STORED);
    expect(changes.announced).to.deep.equal([
      'a 1733480514.000000',
      'a 1733480515.000000',
      'a 1733480516.000000',
      'a 1733480516.000000',
    ]);
  });

  it('announces a webhook again if one environment refused it', async () => {
    changes.refusing.add('b');
    const wholeProject = { ...change(1, 1_733_480_514), environment: undefined };
    expect((await intake.take(changes, wholeProject, '')).outcome).to.equal('unavailable');
    changes.refusing.clear();
    expect(await intake.take(changes, wholeProject, '')).to.deep.equal({ outcome: 'stored', environments: 2 });
    expect(await intake.take(changes, wholeProject, '')).to.deep.equal(REPEATED);
    expect(changes.announced).to.have.length(4);
  });

  it('announces a webhook that it could not place when it is sent again and can be placed', async () => {
    intake = new WebhookIntake(new KnownEnvironments(new Map()));
    const wholeProject = { ...change(1, 1_733_480_514), environment: undefined };
    expect((await intake.take(changes, wholeProject, '')).outcome).to.equal('unplaced');
    await intake.take(changes, change(2, 1_733_480_515), '');
    expect(await intake.take(changes, wholeProject, '')).to.deep.equal(STORED);
  });

  it('remembers ten thousand, and forgets the one that was announced longest ago', async () => {
    for (let id = 0; id <= 10_000; id++) await intake.take(changes, change(id, 1_733_480_514), '');
    expect(await intake.take(changes, change(1, 1_733_480_514), '')).to.deep.equal(REPEATED);
    expect(await intake.take(changes, change(0, 1_733_480_514), '')).to.deep.equal(STORED);
  });
});
