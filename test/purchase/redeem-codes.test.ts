import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { participants } from '#shared/journal/participant.ts';
import { purchaseForInstitution, purchaseOfCode } from '#shared/purchase/purchase-of-code.ts';
import { redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { citizens, institutionCode, journeyUntil, purchaseIdOf, store } from '#test/journal/citizen.ts';
import { expectRefused } from '#test/platform/refused.ts';
import { Died, type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const owner = (number: number) => ({ participantId: `person-${number}`, purchaseId: `purchase-${number}` });

describe('a redeem code', () => {
  it('belongs to the purchase that claimed it first; a repeat keeps it', async () => {
    const codes = redeemCodes(engine.table);
    await codes.claim('CODE-A', owner(1));
    await codes.claim('CODE-A', owner(1));
    await expectRefused(codes.claim('CODE-A', owner(2)), 'invoice_reused');
    expect(await codes.ownerOf('CODE-A')).toEqual(owner(1));
  });

  it('belongs to one purchase when fifty claim it at once', async () => {
    const codes = redeemCodes(engine.table);
    const claims = Array.from({ length: 50 }, (_, number) => codes.claim('CODE-B', owner(number)));
    const outcomes = await Promise.allSettled(claims);
    const winners = outcomes.flatMap(({ status }, number) => (status === 'fulfilled' ? [owner(number)] : []));
    expect(winners).toEqual([await codes.ownerOf('CODE-B')]);
  });

  it.each(['before', 'after'] as const)(
    'whose claim died %s the write can be claimed again by the same',
    async (when) => {
      const code = `CODE-${when}`;
      await expect(redeemCodes(engine.dying({ write: 1, when })).claim(code, owner(1))).rejects.toBeInstanceOf(Died);
      await redeemCodes(engine.table).claim(code, owner(1));
      expect(await redeemCodes(engine.table).ownerOf(code)).toEqual(owner(1));
    },
  );

  it('of nobody leads nowhere', async () => {
    expect(await redeemCodes(engine.table).ownerOf('CODE-Z')).toBeNull();
  });
});

describe('the purchase behind a code', () => {
  const [buyer, waiting] = citizens('purchase of code', 2);
  if (!buyer || !waiting) throw new Error('Two citizens were asked for');
  const stores = () => ({ redeemCodes: redeemCodes(engine.table), participants: participants(engine.table) });
  beforeAll(async () => {
    await store(engine.table, journeyUntil('pay', { citizen: buyer }));
    await store(engine.table, journeyUntil('reserve', { citizen: waiting }));
    const codes = redeemCodes(engine.table);
    await codes.claim('REDEEM-1', { participantId: buyer.participantId, purchaseId: purchaseIdOf(1) });
    await codes.claim('CLAIMED', { participantId: waiting.participantId, purchaseId: purchaseIdOf(1) });
  });

  it('is found for the institution that teaches it', async () => {
    const found = await purchaseForInstitution(stores(), 'REDEEM-1', institutionCode);
    expect(found).toMatchObject({ participantId: buyer.participantId, purchase: { purchaseId: purchaseIdOf(1) } });
  });

  it('is refused to another institution', async () => {
    await expectRefused(purchaseForInstitution(stores(), 'REDEEM-1', 'OTHER'), 'redeem_code_foreign');
  });

  it.each(['NOTHING', 'CLAIMED'])(
    'does not exist for %s: no code, or one whose purchase was never paid',
    async (code) => {
      expect(await purchaseOfCode(stores(), code)).toBeNull();
      await expectRefused(purchaseForInstitution(stores(), code, institutionCode), 'redeem_code_unknown');
    },
  );
});
