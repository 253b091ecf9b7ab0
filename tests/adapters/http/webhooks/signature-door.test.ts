import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'chai';
import { SignatureDoor } from '../../../../adapters/http/webhooks/signature-door.ts';
import type { Changes } from '../../../../application/ports/changes.ts';
import { capturedWebhook, capturedWebhooks, WEBHOOK_SECRET } from '../../../support/clients/captured-webhooks.ts';

const CHANGES: Changes = { change: () => Promise.resolve('stored') };

function doorOf(...secrets: string[]): SignatureDoor {
  return new SignatureDoor(secrets, CHANGES);
}

describe('The signature door', () => {
  it('accepts what Flagsmith signed with one of its secrets, and nothing else', () => {
    expect(capturedWebhooks()).to.have.length(7);
    for (const { name, body, signature } of capturedWebhooks()) {
      const enter = (secrets: string[], signed = { body, signature }): Changes | undefined =>
        doorOf(...secrets).enter(signed);
      expect(enter([WEBHOOK_SECRET]), name).to.equal(CHANGES);
      expect(enter(['new', WEBHOOK_SECRET]), name).to.equal(CHANGES);
      expect(enter([WEBHOOK_SECRET, 'new']), name).to.equal(CHANGES);
      expect(enter([WEBHOOK_SECRET], { body, signature: signature.toUpperCase() }), name).to.equal(CHANGES);
      expect(enter(['another']), name).to.equal(undefined);
      expect(enter([WEBHOOK_SECRET], { body: Buffer.concat([body, Buffer.from(' ')]), signature })).to.equal(undefined);
      for (const wrong of [
        '',
        '0',
        signature.slice(1),
        `${signature}0`,
        ` ${signature}`,
        'g'.repeat(64),
        '0'.repeat(64),
      ])
        expect(enter([WEBHOOK_SECRET], { body, signature: wrong }), wrong).to.equal(undefined);
    }
  });

  it('refuses a signature that belongs to another body', () => {
    const { body } = capturedWebhook('audit-log-created.feature-state');
    const { signature } = capturedWebhook('audit-log-created.flag-updated');
    expect(doorOf(WEBHOOK_SECRET).enter({ body, signature })).to.equal(undefined);
  });

  it('compares the same number of bytes with every secret, whatever is presented', () => {
    const compared: number[] = [];
    const { timingSafeEqual } = crypto;
    crypto.timingSafeEqual = (known, presented) => {
      compared.push(known.byteLength, presented.byteLength);
      return timingSafeEqual(known, presented);
    };
    syncBuiltinESMExports();
    try {
      const door = doorOf('first', WEBHOOK_SECRET, 'last');
      const { body, signature } = capturedWebhook('audit-log-created.flag-updated');
      const presented = [signature, signature.slice(1), '', '0'.repeat(64), 'x'.repeat(4000)];
      expect(presented.map((text) => door.enter({ body, signature: text }))).to.deep.equal([
        CHANGES,
        ...Array<undefined>(4).fill(undefined),
      ]);
      expect(compared).to.deep.equal(presented.flatMap(() => [32, 32, 32, 32, 32, 32]));
    } finally {
      crypto.timingSafeEqual = timingSafeEqual;
      syncBuiltinESMExports();
    }
  });
});
