import { expect } from 'chai';
import { type FlagsmithEvent, readFlagsmithEvent } from '../../../../adapters/http/webhooks/flagsmith-event.ts';
import { KnownEnvironments } from '../../../../adapters/http/webhooks/known-environments.ts';
import { capturedWebhook } from '../../../support/clients/captured-webhooks.ts';
import { env } from '../../../support/memory/memory-instance.ts';

const DEV = env('EqF4Dv7qmCPKSATU7XoaAV');
const PROD = env('eS2YefCPjgMKno9NDQuCA6');

function captured(name: string): FlagsmithEvent {
  const event = readFlagsmithEvent(capturedWebhook(name).body.toString());
  if (event === 'ignored' || 'invalid' in event) throw new Error(`not an event: ${JSON.stringify(event)}`);
  return event;
}

function audit(data: object): ReturnType<typeof readFlagsmithEvent> {
  return readFlagsmithEvent(JSON.stringify({ event_type: 'AUDIT_LOG_CREATED', data }));
}

describe('A webhook of Flagsmith', () => {
  it('names the environment and the time of a change in the audit log', () => {
    expect(captured('audit-log-created.flag-updated')).to.deep.equal({
      updatedAt: '1795478070.270238',
      id: 4,
      project: 1,
      environment: { number: 1, key: DEV },
    });
  });

  it('names no environment if the whole project changed', () => {
    for (const kind of ['feature', 'segment'])
      expect(captured(`audit-log-created.${kind}-without-environment`)).to.include({
        project: 1,
        environment: undefined,
      });
  });

  it('names the environment of a flag by its number', () => {
    expect(captured('flag-updated.environment-webhook')).to.deep.equal({
      updatedAt: '1795478070.270238',
      id: undefined,
      project: 1,
      environment: { number: 1, key: undefined },
    });
    const deleted = readFlagsmithEvent(
      JSON.stringify({
        event_type: 'FLAG_DELETED',
        data: { timestamp: '2026-11-23T23:54:30.270238Z', new_state: null, previous_state: { environment: { id: 9 } } },
      }),
    );
    expect(deleted).to.deep.include({ project: undefined, environment: { number: 9, key: undefined } });
  });

  it('is ignored if nothing changed yet, or if its type is another one', () => {
    expect(audit({ related_object_type: 'CHANGE_REQUEST' })).to.equal('ignored');
    expect(readFlagsmithEvent('{"event_type":"NEW_VERSION_PUBLISHED","data":{}}')).to.equal('ignored');
  });

  it('that is malformed is refused with the field that is wrong', () => {
    const invalid = (event: ReturnType<typeof readFlagsmithEvent>): string =>
      event !== 'ignored' && 'invalid' in event ? event.invalid : `not refused: ${JSON.stringify(event)}`;
    for (const text of ['', '{', '\0', '\uFFFD'])
      expect(invalid(readFlagsmithEvent(text))).to.equal('the body is not JSON');
    for (const text of ['null', '1', '[]', '{}', '{"event_type":1}', '{"__proto__":{"event_type":"x"}}'])
      expect(invalid(readFlagsmithEvent(text))).to.equal('event_type must be a string');
    for (const data of [null, 1, [], {}, { created_date: null }, { created_date: 'yesterday' }])
      expect(invalid(readFlagsmithEvent(JSON.stringify({ event_type: 'AUDIT_LOG_CREATED', data })))).to.match(
        /^data\.created_date /,
      );
    const created_date = '2026-11-23T23:54:30Z';
    for (const environment of [1, 'x', {}, { api_key: 1 }, { api_key: 'a.b' }, { api_key: '' }])
      expect(invalid(audit({ created_date, environment }))).to.equal(
        'data.environment.api_key is not an environment key',
      );
    expect(invalid(readFlagsmithEvent('{"event_type":"FLAG_UPDATED","data":{}}'))).to.equal(
      'data.timestamp is missing',
    );
  });
});

describe('The known environments of a project', () => {
  const wholeProject = captured('audit-log-created.feature-without-environment');
  const flag = captured('flag-updated.environment-webhook');

  it('are those named by webhooks', () => {
    const known = new KnownEnvironments(new Map());
    expect(known.concernedBy(wholeProject)).to.deep.equal([]);
    for (const name of ['audit-log-created.flag-updated', 'audit-log-created.feature-state'])
      known.learn(captured(name));
    expect(known.concernedBy(wholeProject)).to.deep.equal([DEV, PROD]);
    expect(known.concernedBy(flag)).to.deep.equal([DEV]);
    expect(known.concernedBy({ ...wholeProject, project: 2 })).to.deep.equal([]);
  });

  it('are those that were configured, and are used for an environment whose number is unknown', () => {
    const known = new KnownEnvironments(new Map([[1, [PROD, DEV]]]));
    expect(known.concernedBy(wholeProject)).to.deep.equal([PROD, DEV]);
    expect(known.concernedBy(flag)).to.deep.equal([PROD, DEV]);
    known.learn(captured('audit-log-created.flag-updated'));
    expect(known.concernedBy(wholeProject)).to.deep.equal([PROD, DEV]);
    expect(known.concernedBy(flag)).to.deep.equal([DEV]);
  });

  it('are never those of the same number in another project', () => {
    const known = new KnownEnvironments(new Map([[2, [PROD]]]));
    known.learn(captured('audit-log-created.flag-updated'));
    expect(known.concernedBy({ ...flag, project: 2 })).to.deep.equal([PROD]);
    expect(known.concernedBy({ ...flag, project: undefined })).to.deep.equal([DEV]);
  });

  it('are remembered up to a bound, the last named ones', () => {
    const known = new KnownEnvironments(new Map());
    const named = (number: number): FlagsmithEvent => ({ ...flag, environment: { number, key: env(`e${number}`) } });
    for (let number = 0; number <= 10_000; number++) known.learn(named(number));
    expect(known.concernedBy(wholeProject)).to.have.length(10_000);
    expect(known.concernedBy(wholeProject)).to.not.include('e0');
  });
});
