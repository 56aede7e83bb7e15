import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { journalView } from '#shared/journal/journal-view.ts';
import { ParticipantEvent } from '#shared/journal/participant.ts';

/** What identifies a person or relatives, or opens a door. */
const hidden = [
  'declares',
  'facts',
  ...['person', 'dataKey', 'contentTag', 'familyTag', 'cardNumber', 'platformUserId', 'requestSignature'],
  ...['redeemCode', 'invoiceUrl', 'transactionCode', 'fileKey', 'review', 'account', 'accountTag'],
  ...['answers', 'answersTag', 'seed'],
  ...['phone', 'phoneTag'],
];

const Variant = z.looseObject({ properties: z.looseObject({ type: z.looseObject({ const: z.string() }) }) });

function variants(schema: unknown): z.infer<typeof Variant>[] {
  const known = Variant.safeParse(schema);
  if (known.success) return [known.data];
  return typeof schema === 'object' && schema !== null ? Object.values(schema).flatMap(variants) : [];
}

describe('a journal for operators', () => {
  const events = variants(z.toJSONSchema(ParticipantEvent, { io: 'input', unrepresentable: 'any' }));
  const fields = [...new Set(events.flatMap(({ properties }) => Object.keys(properties)))].filter(
    (name) => name !== 'type',
  );

  it('hides every field that is in the list of hidden ones, and shows every other: a new field is decided on', () => {
    expect(fields.length).toBeGreaterThan(30);
    for (const name of fields) {
      const event = { type: 'CodeRedeemed', [name]: 'value' };
      const [decision] = journalView([{ version: 1, at: new Date(0), events: [event as unknown as ParticipantEvent] }]);
      expect({ [name]: Object.keys(decision?.events[0] ?? {}).includes(name) }).toEqual({
        [name]: !hidden.includes(name),
      });
    }
  });

  it('has no field in the list that no event has', () => {
    expect(hidden.filter((name) => !fields.includes(name))).toEqual([]);
  });
});
