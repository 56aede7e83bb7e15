import { describe, expect, it } from 'vitest';
import { journalRecord } from '#shared/journal/journal-record.ts';
import { journalView } from '#shared/journal/journal-view.ts';
import { citizen, journeyUntil } from '#test/journal/citizen.ts';

const item = {
  pk: 'P#abc',
  sk: 'E#000012',
  at: '2026-11-02T03:00:00.000Z',
  events: [{ type: 'x' }],
  provinceCode: '32',
};

describe('an item of the stream', () => {
  it('is a decision with its id, version and province', () => {
    expect(journalRecord(item)).toEqual({
      kind: 'participant',
      id: 'abc',
      version: 12,
      at: item.at,
      provinceCode: '32',
      events: [{ type: 'x' }],
    });
  });

  it.each([
    ['B#7', 'batch', '7'],
    ['C#COURSE-1', 'other', 'COURSE-1'],
    ['O#PARTNER', 'other', 'PARTNER'],
    ['P#a#b', 'participant', 'a#b'],
  ])('under %s is of the kind %s', (pk, kind, id) => {
    expect(journalRecord({ ...item, pk })).toMatchObject({ kind, id });
  });

  it.each([
    ['a family place', { pk: 'K#1', sk: 'PLACE#1' }],
    ['the owner of a code', { pk: 'R#1', sk: 'OWNER' }],
    ['a seat', { pk: 'S#1', sk: 'SEAT#000001' }],
    ['the sweeper', { pk: 'SWEEPER', sk: 'CURSOR' }],
    ['an item without a sort key', { pk: 'P#abc' }],
  ])('is no decision when it is %s', (_, other) => {
    expect(journalRecord(other)).toBeNull();
  });

  it.each([
    ['no events', { ...item, events: [] }],
    ['a version of five digits', { ...item, sk: 'E#00001' }],
    ['no time', { ...item, at: undefined }],
  ])('with %s stops the stream: it is not what was written', (_, broken) => {
    expect(() => journalRecord(broken)).toThrow();
  });
});

describe('the view of a journal', () => {
  const { entries } = journeyUntil('settle');
  const view = journalView(entries);
  const text = JSON.stringify(view);

  it('has every event in order', () => {
    expect(view.map(({ version }) => version)).toEqual(entries.map(({ version }) => version));
    expect(view.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(
      entries.flatMap(({ events }) => events.map(({ type }) => type)),
    );
  });

  it('shows no person, account, key, code or review', () => {
    const { person } = citizen();
    const hidden = [
      person.nik,
      person.name,
      person.phone,
      person.familyCardNumber,
      '081234567890',
      'REDEEM-1',
      'Jelas',
    ];
    for (const secret of hidden) expect(text).not.toContain(secret);
    for (const field of ['person', 'dataKey', 'account', 'accountTag', 'contentTag', 'redeemCode', 'review'])
      for (const event of view.flatMap(({ events }) => events)) expect(event).not.toHaveProperty(field);
  });

  it('keeps what an auditor needs', () => {
    expect(text).toContain('"invoiceCode":"INVOICE-1"');
    expect(text).toContain('"legs"');
  });
});
