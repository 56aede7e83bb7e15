import { describe, expect, it } from 'vitest';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import { openPerson } from '#shared/registration/person.ts';
import {
  evolveRegistration,
  type Registration,
  recordIdentity,
  register,
  unregistered,
  verified,
} from '#shared/registration/registration.ts';
import { viewOf } from '#shared/registration/registration-view.ts';
import { citizen, decided, fileAfter, keys, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const registered = () => {
  const { registration } = fileAfter('register');
  if (!registration.registered) throw new Error('Somebody registered');
  return { registration, person: registration.registered };
};

describe('registering', () => {
  it('appends once; the same registration again appends nothing', () => {
    const { registration, person } = registered();
    expect(register(unregistered, person).events).toEqual([person]);
    expect(register(registration, person).events).toEqual([]);
  });

  it('refuses another registration of the same NIK', () => {
    const { registration, person } = registered();
    expectRefusal(() => register(registration, { ...person, contentTag: 'another' }), 'already_registered');
  });

  it('keeps the person sealed: nothing in the event says who it is', () => {
    const { participantId, person } = citizen();
    const { registration, person: event } = registered();
    const stored = JSON.stringify(event) + Buffer.from(event.person).toString('latin1');
    for (const secret of [person.nik, person.name, person.familyCardNumber, person.phone, person.birthDate])
      expect(stored).not.toContain(secret);
    expect(openPerson(keys, participantId, verified({ ...registration, identity: 'verified' }))).toEqual(person);
  });
});

describe('the identity', () => {
  const { registration } = registered();
  const answered = (outcome: 'match' | 'mismatch' | 'not_found', reasons: string[] = []) =>
    recordIdentity(registration, 'r-1', { outcome, reasons }).events;

  it.each([
    ['match', answered('match'), { type: 'IdentityVerified', requestId: 'r-1' }],
    ['mismatch', answered('mismatch', ['name']), { type: 'IdentityRefused', requestId: 'r-1', reasons: ['name'] }],
    ['not_found', answered('not_found'), { type: 'IdentityRefused', requestId: 'r-1', reasons: ['not_found'] }],
  ])('is recorded as the registry answered: %s', (_, events, event) => {
    expect(events).toEqual([event]);
  });

  it.each(['match', 'mismatch', 'not_found'] as const)(
    'stands as first answered, also when the next is %s',
    (outcome) => {
      const answer = { outcome, reasons: ['name'] };
      for (const first of ['match', 'not_found'] as const) {
        const decision = recordIdentity(registration, 'r-1', { outcome: first, reasons: [] });
        const file = decided(fileAfter('register'), decision, start);
        expect(recordIdentity(file.registration, 'r-2', answer).events).toEqual([]);
      }
    },
  );

  it('of somebody who never registered is not recorded', () => {
    expect(recordIdentity(unregistered, 'r-1', { outcome: 'match', reasons: [] }).events).toEqual([]);
  });

  it.each<[RefusalCode, Parameters<typeof verified>[0]]>([
    ['not_registered', unregistered],
    ['identity_unverified', registration],
    ['identity_refused', { ...registration, identity: 'refused' }],
  ])('must be verified for the next step: %s', (code, file) => {
    expectRefusal(() => verified(file), code);
    expect(verified({ ...registration, identity: 'verified' })).toBe(registration.registered);
  });
});

describe('the view of a registration', () => {
  it('says what the registry found, and nothing of the person', () => {
    const { participantId, regencyCode, provinceCode } = citizen();
    expect(viewOf(participantId, fileAfter('verify').registration)).toEqual({
      participantId,
      identity: 'verified',
      refusalReasons: [],
      explanations: [],
      regencyCode,
      provinceCode,
    });
  });

  it('is refused to somebody who has not registered', () => {
    expectRefusal(() => viewOf('nobody', unregistered), 'not_registered');
  });
});

describe('a registration that the registry refused', () => {
  const refusedAfter = (attempts: number): Registration => {
    let file: Registration = fileAfter('register').registration;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (attempt > 1)
        for (const event of register(file, person(`tag-${attempt}`)).events) file = evolveRegistration(file, event);
      for (const event of recordIdentity(file, 'r', { outcome: 'not_found', reasons: [] }).events)
        file = evolveRegistration(file, event);
    }
    return file;
  };
  const person = (tag: string) => {
    const { registered } = fileAfter('register').registration;
    if (!registered) throw new Error('The fixture has registered');
    return { ...registered, contentTag: tag };
  };

  it('can be corrected, and is asked about again', () => {
    const [event] = register(refusedAfter(1), person('corrected')).events;
    expect(event).toMatchObject({ type: 'PersonRegistered', attempt: 2, contentTag: 'corrected' });
  });

  it('can be corrected four times, and no fifth', () => {
    expect(register(refusedAfter(4), person('corrected')).events).toHaveLength(1);
    expectRefusal(() => register(refusedAfter(5), person('corrected')), 'already_registered');
  });

  it('is the only one that can: not while it waits, and not when it is verified', () => {
    expectRefusal(() => register(fileAfter('register').registration, person('another')), 'already_registered');
    expectRefusal(() => register(fileAfter('verify').registration, person('another')), 'already_registered');
  });
});
