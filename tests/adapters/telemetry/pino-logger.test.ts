import { expect } from 'chai';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import type { LogLevel } from '../../../adapters/telemetry/logger-settings.ts';
import { PinoLogger } from '../../../adapters/telemetry/pino-logger.ts';

const WINDOW_MS = 10_000;

function opened(level: LogLevel = 'info') {
  const clock = new StepClock();
  const written: Record<string, unknown>[] = [];
  const write = (line: string): void => void written.push(JSON.parse(line) as Record<string, unknown>);
  const logger = new PinoLogger({ level }, clock, { write });
  const last = (): unknown => written.at(-1);
  return { clock, logger, written, last };
}

describe('the limit of log lines', () => {
  it('writes twenty lines of an event in ten seconds, and then says how many it left out', async () => {
    const { clock, logger, written, last } = opened();
    for (let line = 0; line < 50; line++) logger.info('knock', { line });
    expect(written.map(({ line }) => line)).to.deep.equal([...Array(20).keys()]);
    await clock.advance(WINDOW_MS);
    logger.info('knock', { line: 50 });
    expect(last()).to.include({ event: 'knock', line: 50, linesLeftOut: 30 });
    logger.info('knock', { line: 51 });
    expect(last()).to.include({ line: 51 }).and.not.have.property('linesLeftOut');
  });

  it('counts each event by itself', () => {
    const { logger, last } = opened();
    for (let line = 0; line < 50; line++) logger.info('knock');
    logger.info('ring', { line: 50 });
    expect(last()).to.include({ event: 'ring', line: 50 });
  });

  it('writes one line of a kind, so that the first line of another kind still has a place', async () => {
    const { clock, logger, written, last } = opened();
    for (let line = 0; line < 1000; line++) logger.warn('knock', { line }, 'front door');
    logger.warn('knock', { line: 1000 }, 'back door');
    logger.error('knock', { line: 1001 });
    expect(written.map(({ line }) => line)).to.deep.equal([0, 1000, 1001]);
    await clock.advance(WINDOW_MS);
    logger.warn('knock', { line: 1002 }, 'front door');
    expect(last()).to.include({ line: 1002, linesLeftOut: 999 });
  });

  it('writes at most twenty lines of an event, however many kinds there are', () => {
    const { logger, written } = opened();
    for (let line = 0; line < 50; line++) logger.warn('knock', { line }, `door ${line}`);
    expect(written).to.have.length(20);
  });

  it('does not count what is below its level', () => {
    const { logger, written } = opened('warn');
    for (let line = 0; line < 50; line++) logger.info('knock');
    logger.warn('knock');
    expect(written).to.have.length(1);
  });
});

describe('a line for debugging', () => {
  it('costs no more than its call where the level leaves it out', () => {
    const { logger, written } = opened('info');
    logger.debug('knock', () => {
      throw new Error('the fields were made');
    });
    expect(written).to.deep.equal([]);
  });

  it('has the fields of the moment in which it is written', () => {
    const { logger, last } = opened('debug');
    logger.debug('knock', () => ({ line: 1 }));
    expect(last()).to.include({ level: 'debug', event: 'knock', line: 1 });
  });
});
