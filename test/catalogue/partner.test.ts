import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PartnerDescription, partners, registerPartner } from '#shared/catalogue/partner.ts';
import { partnerOf, storePartner } from '#test/catalogue/partners.ts';
import { keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { expectRefused } from '#test/platform/refused.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const store = () => partners(engine.table, async () => keys);

describe('a partner', () => {
  it('is found with its keys in clear, which are sealed in the table', async () => {
    const partner = partnerOf({ clientCode: 'PARTNER-A' });
    await storePartner(engine.table, partner);
    expect(await store().find('PARTNER-A', start)).toEqual(partner);
    const stored = (await store().load('PARTNER-A')).state;
    expect(Buffer.from(stored?.signKey ?? []).toString('latin1')).not.toContain(partner.signKey);
  });

  it('is registered once: keys are shown once', async () => {
    const partner = partnerOf({ clientCode: 'PARTNER-B' });
    await storePartner(engine.table, partner);
    await expectRefused(storePartner(engine.table, partner), 'partner_exists');
    expect((await store().load('PARTNER-B')).version).toBe(1);
  });

  it('cannot lend its sealed keys to another', async () => {
    await storePartner(engine.table, partnerOf({ clientCode: 'PARTNER-C' }));
    const { state } = await store().load('PARTNER-C');
    if (!state) throw new Error('The partner is stored');
    const { type: _type, ...stolen } = { ...state, clientCode: 'PARTNER-D' };
    await store().change('PARTNER-D', (before) => registerPartner(before, stolen));
    await expect(store().find('PARTNER-D', start)).rejects.toThrow();
  });

  it('is remembered for less than a minute, and read again then', async () => {
    await storePartner(engine.table, partnerOf({ clientCode: 'PARTNER-E' }));
    const files = store();
    const send = vi.spyOn(engine.table.client, 'send');
    const readsAt = async (at: Date) => {
      send.mockClear();
      await files.find('PARTNER-E', at);
      return send.mock.calls.length;
    };
    expect(await readsAt(start)).toBe(1);
    expect(await readsAt(new Date(minutesAfter(start, 1).getTime() - 1))).toBe(0);
    expect(await readsAt(minutesAfter(start, 1))).toBe(1);
    send.mockRestore();
  });

  it('that is unknown is looked for each time: a new partner can start at once', async () => {
    const files = store();
    expect(await files.find('PARTNER-F', start)).toBeNull();
    await storePartner(engine.table, partnerOf({ clientCode: 'PARTNER-F' }));
    expect((await files.find('PARTNER-F', start))?.clientCode).toBe('PARTNER-F');
  });

  it.each(['', 'a', 'PARTNER A', 'x'.repeat(41), 'P#1'])(
    'with the code %j is not even looked for',
    async (clientCode) => {
      const send = vi.spyOn(engine.table.client, 'send');
      expect(await store().find(clientCode, start)).toBeNull();
      expect(send).not.toHaveBeenCalled();
      send.mockRestore();
    },
  );
});

describe('a description of a partner', () => {
  const description = (changes: object) => {
    const { signKey: _sign, webhookKey: _webhook, ...fields } = partnerOf({});
    return PartnerDescription.safeParse({ ...fields, ...changes }).success;
  };

  it.each([
    ['15 % commission', { commissionBasisPoints: 1_500 }, true],
    ['a hundredth of a percent more', { commissionBasisPoints: 1_501 }, false],
    ['a negative commission', { commissionBasisPoints: -1 }, false],
    ['an address over http', { redirectUris: ['http://lp.example/'] }, false],
    ['a field nobody knows', { discount: 1 }, false],
  ])('with %s is one: %s', (_, changes, isOne) => {
    expect(description(changes)).toBe(isOne);
  });
});
