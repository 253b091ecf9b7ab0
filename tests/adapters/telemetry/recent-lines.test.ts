import { expect } from 'chai';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import { RecentLines } from '../../../adapters/telemetry/recent-lines.ts';
import { RecordedLogger } from '../../support/memory/recorded-logger.ts';

describe('The recent lines of the log', () => {
  function lines(): { lines: RecentLines; logger: RecordedLogger } {
    const logger = new RecordedLogger();
    return { lines: new RecentLines(logger, new StepClock(), 'nats'), logger };
  }

  it('are the last hundred, and all are passed on', () => {
    const { lines: recent, logger } = lines();
    for (let count = 0; count < 150; count++) recent.info('noted', { count });
    recent.debug('not_noted', () => ({}));
    expect(recent.last).to.equal(150);
    expect(recent.after(0).map(({ fields }) => fields['count'])).to.deep.equal(
      Array.from({ length: 100 }, (_, index) => 50 + index),
    );
    expect(recent.after(149).map(({ number }) => number)).to.deep.equal([150]);
    expect(logger.lines).to.have.length(151);
  });

  it('have the last trouble with the log of changes, however many lines come after it', () => {
    const { lines: recent } = lines();
    expect(recent.troubleOfLog).to.equal(undefined);
    recent.warn('log_epoch_lost', { reason: 'silent' });
    recent.error('nats_error', { reason: 'no route' });
    recent.info('nats_connected');
    recent.warn('token_rejected');
    recent.warn('postgres_error');
    for (let count = 0; count < 150; count++) recent.info('noted');
    expect(recent.troubleOfLog).to.include({ event: 'nats_error', at: '2024-12-06T00:00:00.000Z' });
    expect(recent.troubleOfLog?.fields).to.deep.equal({ reason: 'no route' });
  });
});
