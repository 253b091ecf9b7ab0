import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { SimulationFailure, simulate } from './simulate.ts';

const DIST = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = ['domain', 'application', 'adapters', 'infrastructure', 'tests/simulation', 'tests/support'];
/** Most bugs show themselves after a few thousand, the rarest after some 90,000. */
const STEPS = 200_000;

interface PlantedBug {
  readonly file: string;
  readonly code: string;
  readonly becomes: string;
}

/** Each is a mistake that somebody could make. The code is the compiler's, which leaves ours nearly as it is. */
const BUGS: Readonly<Record<string, PlantedBug>> = {
  'the pass does not go round again for a newer update': {
    file: 'domain/environment-channel.js',
    code: 'else if (this.#round.version === this.#version)',
    becomes: 'else if (true)',
  },
  'the pass ends at the first bad socket': {
    file: 'domain/environment-channel.js',
    code: 'next.value.update(nowMs);',
    becomes: "{ next.value.update(nowMs); if (next.value.state === 'closed') this.#handle('passDone'); }",
  },
  'a joining subscriber is not sent the register': {
    file: 'domain/environment-channel.js',
    code: 'isBehind ? -1 : this.#version',
    becomes: 'this.#version',
  },
  'a subscriber that joins during a pass is sent it twice': {
    file: 'domain/subscriber-session.js',
    code: 'this.#received = this.#channel.version;',
    becomes: 'this.#received = this.#received < 0 ? 0 : this.#channel.version;',
  },
  'resuming spares any event': {
    file: 'domain/environment-channel.js',
    code: 'eventId(known) !== joining.resumeFrom',
    becomes: "joining.resumeFrom === undefined || joining.resumeFrom === ''",
  },
  'a congested session is written to': {
    file: 'domain/subscriber-session.js',
    code: "this.#report ??= 'congested'",
    becomes: 'this.#report ??= undefined',
  },
  'a congested session forgets that it was behind': {
    file: 'domain/subscriber-session.js',
    code: "this.isBehind ? 'drainedBehind' : 'drainedCurrent'",
    becomes: "'drainedCurrent'",
  },
  'a session that ends is left in its channel': {
    file: 'domain/environment-channel.js',
    code: 'if (!this.#roster.delete(session))',
    becomes: "if (session.closeReason === 'drained' || !this.#roster.delete(session))",
  },
  'a repeated delivery is sent again': {
    file: 'domain/environment-channel.js',
    code: 'update.sequence <= this.#latest.sequence',
    becomes: 'update.sequence === this.#latest.sequence',
  },
  'a replay is sent again': {
    file: 'domain/environment-channel.js',
    code: 'if (eventId(update) === eventId(this.#latest))',
    becomes: 'if (false)',
  },
  'the rule of the sequence outlives its epoch': {
    file: 'domain/environment-channel.js',
    code: 'epoch === this.#epoch && update.sequence <= this.#latest.sequence',
    becomes: 'update.sequence <= this.#latest.sequence',
  },
  'deliveries of an epoch that is over are taken': {
    file: 'application/log-tail.js',
    code: 'if (epoch !== this.#epoch)\n            return;\n        for (const hub',
    becomes: 'for (const hub',
  },
  'the register shows the last instead of the greatest': {
    file: 'domain/register.js',
    code: 'kept.micros > micros',
    becomes: 'false',
  },
  'the register never expires': {
    file: 'domain/register.js',
    code: 'step.sinceMs > horizonMs',
    becomes: 'true',
  },
  'a time far ahead outranks what follows': {
    file: 'domain/updated-at.js',
    code: 'if (seconds > nowMs / 1000 + DAY_SECONDS)',
    becomes: 'if (false)',
  },
  'a merged change counts as a greater one': {
    file: 'application/queue-change.js',
    code: 'covers(later, kept, nowMs) ? later : kept',
    becomes: 'kept',
  },
  'a change is answered with 200 although the log refused it': {
    file: 'application/queue-change.js',
    code: "waiter.settle('unavailable')",
    becomes: "waiter.settle('stored')",
  },
  'a refused change is not kept': {
    file: 'application/queue-change.js',
    code: 'this.#pending.keep(environment, waiter.updatedAt, waiter.firstTry)',
    becomes: 'void 0',
  },
  'an append that hangs holds up its lane': {
    file: 'application/queue-change.js',
    code: 'Math.max(1, deadlineMs - this.#clock.monotonicMs())',
    becomes: '5000',
  },
  'what a lane could not store is forgotten with its next batch': {
    file: 'application/queue-change.js',
    code: '[...still, ...(this.#lanes.get(environment) ?? [])]',
    becomes: 'still',
  },
  'a second or a late append is stored over whatever came meanwhile': {
    file: 'domain/register.js',
    code: 'return stored.storedAtMs > firstTriedMs && covers(stored.updatedAt, updatedAt, nowMs);',
    becomes: 'return false;',
  },
  'a second or a late append gives way to what was there before': {
    file: 'domain/register.js',
    code: 'stored.storedAtMs > firstTriedMs && covers',
    becomes: 'covers',
  },
  'a second try undoes what was stored since the first': {
    file: 'application/queue-change.js',
    code: 'expectedSequence === undefined ? {} : { expectedSequence }',
    becomes: '{}',
  },
  'a refused update that was kept is overwritten by a smaller one': {
    file: 'application/pending-updates.js',
    code: 'if (covers(updatedAt, kept.updatedAt, this.#clock.epochMs()))',
    becomes: 'if (true)',
  },
  'refused updates are kept without a bound': {
    file: 'application/pending-updates.js',
    code: 'this.#pending.size < this.#options.maxEnvironments',
    becomes: 'true',
  },
  'refused updates wait until another outage is over': {
    file: 'application/pending-updates.js',
    code: 'if (this.#logIsThere)\n            this.#appendSoon(RETRY_MS);\n    }\n    /** A newer',
    becomes: '}\n    /** A newer',
  },
  'refusals that keep coming put off what is kept': {
    file: 'application/pending-updates.js',
    code: 'this.#retry !== undefined && delayMs > 0',
    becomes: 'false',
  },
  'what the log has lost is not put back': {
    file: 'application/repairs.js',
    code: 'this.#compare(epoch);\n        this.#lookLater();',
    becomes: '',
  },
  'a greater update that is not the last in the log is not put back': {
    file: 'application/repairs.js',
    code: 'this.#counts(last, nowMs) && covers(last.updatedAt, greatest.updatedAt, nowMs)',
    becomes: 'this.#counts(last, nowMs)',
  },
  'what is behind an expired repair is not put back': {
    file: 'application/repairs.js',
    code: 'if (this.#counts(last, nowMs) &&',
    becomes: 'if (last !== undefined &&',
  },
  'what was acknowledged and never delivered is forgotten': {
    file: 'application/repairs.js',
    code: 'watch.acknowledged = merge(watch.acknowledged, update, nowMs);',
    becomes: 'void 0;',
  },
  'a repair undoes what came meanwhile': {
    file: 'application/repairs.js',
    code: '{ timeoutMs, expectedSequence, firstStoredAtMs }',
    becomes: '{ timeoutMs, firstStoredAtMs }',
  },
  'a repair lives longer than its original': {
    file: 'application/repairs.js',
    code: 'storedAtMs: firstStoredAtMs } = update;',
    becomes: '} = update; const firstStoredAtMs = this.#adapters.clock.epochMs();',
  },
  'what cannot be compared is put back': {
    file: 'application/repairs.js',
    code: 'greatest === undefined || comparableMicros(greatest.updatedAt, nowMs) === undefined',
    becomes: 'greatest === undefined',
  },
  'a repair is tried again and again': {
    file: 'application/repairs.js',
    code: 'watch.dueMs = this.#soon(MIN_INTERVAL_MS);\n        const timeoutMs',
    becomes: 'watch.dueMs = 0;\n        const timeoutMs',
  },
  'the log is repaired while it is not followed': {
    file: 'application/repairs.js',
    code: 'this.#epoch = 0;\n        this.#comparing?.cancel();\n        this.#looking?.cancel();\n        this.#looking = undefined;',
    becomes: '',
  },
  'an instance that drains still repairs the log': {
    file: 'application/drain.js',
    code: 'this.#parts.repairs.stop();',
    becomes: '',
  },
  'a repair of what the register holds is sent again': {
    file: 'domain/environment-channel.js',
    code: 'update.isRepair === true &&',
    becomes: 'false &&',
  },
  'a change with the time of another one is taken for a repair': {
    file: 'domain/environment-channel.js',
    code: 'update.isRepair === true &&',
    becomes: '',
  },
  'a repair keeps the id of its original': {
    file: 'domain/register.js',
    code: '{ ...step, update: repair }',
    becomes: 'step',
  },
  'a drain leaves the streams that were opened meanwhile': {
    file: 'application/drain.js',
    code: "for (const session of [...this.#parts.hubs.sessions()])\n            session.end('drained', nowMs);",
    becomes: '',
  },
  'a drain does not cut off clients that do not read': {
    file: 'application/drain.js',
    code: 'session.giveUp(nowMs)',
    becomes: 'void 0',
  },
  'a drain does not wait for the answers that are owed': {
    file: 'application/drain.js',
    code: 'await this.#answerChanges(this.#adapters.clock.monotonicMs() + this.#options.changeDeadlineMs);',
    becomes: '',
  },
  'the sweep keeps clients alive that do not read': {
    file: 'domain/subscriber-session.js',
    code: "return void this.#call('rearm');",
    becomes: "this.#call('rearm');\n                return this.#write('keepalive', nowMs);",
  },
  'one stream more than the limit is taken': {
    file: 'application/stream-room.js',
    code: 'this.#hubs.subscribers >= this.#maxSubscribers',
    becomes: 'this.#hubs.subscribers > this.#maxSubscribers',
  },
  'the streams of OFREP do not count for the limit': {
    file: 'application/stream-room.js',
    code: 'this.#hubs.subscribers',
    becomes: 'this.#hubs.each[0].subscribers',
  },
  'streams of OFREP are opened while an instance ends its streams': {
    file: 'infrastructure/container.js',
    code: 'refusesInDrain: true',
    becomes: 'refusesInDrain: false',
  },
  'an update that is held back for the spacing has no timer': {
    file: 'application/spaced-turns.js',
    code: 'this.#held.set(channel, { sinceMs: nowMs, dueMs });\n        this.#arm(dueMs);',
    becomes: 'this.#held.set(channel, { sinceMs: nowMs, dueMs });',
  },
  'of several updates that are held back one has a timer': {
    file: 'application/spaced-turns.js',
    code: 'if (nextMs < Infinity)',
    becomes: 'if (false)',
  },
  'an update that is held back leaves its timer behind': {
    file: 'application/spaced-turns.js',
    code: 'this.#release(channel, this.#clock.monotonicMs());\n        if (this.#held.size === 0)',
    becomes: 'if (false)',
  },
  'the hub of OFREP is not given the updates': {
    file: 'application/log-tail.js',
    code: 'for (const hub of this.#parts.hubs.each)\n            hub.take',
    becomes: 'for (const hub of [this.#parts.hubs.each[0]])\n            hub.take',
  },
  'a channel of OFREP begins with nothing': {
    file: 'application/hub.js',
    code: 'channel.beginAs(source);',
    becomes: 'void 0;',
  },
  'a channel of OFREP shows the greatest instead of the last': {
    file: 'domain/environment-channel.js',
    code: "if (this.#host.ranking === 'last')\n            return this.last(epochMs);",
    becomes: '',
  },
  'a client of OFREP that is behind is sent the greatest instead of the last': {
    file: 'domain/environment-channel.js',
    code: "if (this.#host.ranking === 'last')\n            return this.#last ?? this.#next;",
    becomes: '',
  },
  'a hub forgets the channels that could not have a turn': {
    file: 'application/turns.js',
    code: 'if (asked-- === 0 || sessionsLeft <= 0)',
    becomes:
      'if (asked > 0 && sessionsLeft <= 0) { this.#waiting.delete(channel); asked--; continue; }\n            if (asked-- === 0)',
  },
  'what a pass sends takes no tokens': {
    file: 'application/paced-turns.js',
    code: 'this.#bucket.take(sent);',
    becomes: '',
  },
  'a slice at a pace is as large as any': {
    file: 'application/paced-turns.js',
    code: 'Math.min(visits - visited, tokens - tally.updates)',
    becomes: 'visits - visited',
  },
  'a bucket of tokens has no bound': {
    file: 'application/token-bucket.js',
    code: 'Math.min(this.#capacity, ',
    becomes: 'Math.max(0, ',
  },
  'a pass waits for tokens without a timer': {
    file: 'application/paced-turns.js',
    code: 'this.#wait(nowMs);',
    becomes: 'void 0;',
  },
  'a stream ends without what a pass has not brought it yet': {
    file: 'domain/subscriber-session.js',
    code: "this.isBehind ? 'endBehind' : 'end'",
    becomes: "'end'",
  },
  'an echo comes although a newer update came': {
    file: 'application/echoes.js',
    code: 'this.#leave(channel);\n        this.#await(0',
    becomes: 'this.#await(0',
  },
  'an echo is not sent': {
    file: 'application/echoes.js',
    code: 'channel.sendAgain({',
    becomes: 'false && channel.sendAgain({',
  },
  'an echo comes again and again': {
    file: 'application/echoes.js',
    code: 'this.#await(stage + 1, channel, sinceMs)',
    becomes: 'this.#await(stage, channel, nowMs)',
  },
  'the last of several echoes is left out': {
    file: 'application/echoes.js',
    code: 'this.#await(stage + 1, channel, sinceMs)',
    becomes: '',
  },
  'an echo is awaited without streams': {
    file: 'application/hub.js',
    code: 'this.#echoes?.emptied(channel);',
    becomes: '',
  },
  'an echo goes only to those that are behind': {
    file: 'domain/environment-channel.js',
    code: 'this.#owe(newest, now.monotonicMs);',
    becomes: "this.#next = newest; this.#handle('updated');",
  },
  'a channel with sessions is dropped': {
    file: 'application/hub.js',
    code: "if (channel.state !== 'empty')\n            return;",
    becomes: '',
  },
};

/** A folder, or a file that is run. */
const isCode = (path: string): boolean => !/\.(d\.ts|map)$/.test(path);

describe('The simulated world catches a planted bug:', () => {
  const planted = `${DIST}.planted/`;
  before(() => rmSync(planted, { recursive: true, force: true }));
  after(() => rmSync(planted, { recursive: true, force: true }));

  for (const [position, [name, bug]] of Object.entries(BUGS).entries())
    it(name, async () => {
      const root = `${planted}${position}/`;
      mkdirSync(root, { recursive: true });
      for (const part of PARTS) cpSync(DIST + part, root + part, { recursive: true, filter: isCode });
      const source = readFileSync(root + bug.file, 'utf8');
      expect(source.split(bug.code).length - 1, `how often ${bug.file} has the code that the bug replaces`).to.equal(1);
      writeFileSync(
        root + bug.file,
        source.replace(bug.code, () => bug.becomes),
      );
      const world = (await import(pathToFileURL(`${root}tests/simulation/simulate.js`).href)) as {
        simulate: typeof simulate;
      };
      let failure: SimulationFailure | undefined;
      await world.simulate({ seed: 1, steps: STEPS, shrink: false }).catch((error: unknown) => {
        failure = error as SimulationFailure;
      });
      expect(failure?.name, 'the world to fail').to.equal('Error');
      expect(failure?.rule, failure?.message).to.be.a('string').that.does.not.equal('nothing throws');
    });
});
