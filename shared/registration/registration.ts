import * as z from 'zod/mini';
import type { Decision } from '#shared/journal/journal.ts';
import { Bytes } from '#shared/platform/bytes.ts';
import { equalTexts } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { identityReasonsOf } from '#shared/registration/identity/identity-reasons.ts';

/** A person has registered. What identifies the person is sealed with the person's own key. */
export const PersonRegistered = z.object({
  type: z.literal('PersonRegistered'),
  /** 1 for the first registration; a later one corrects what the civil registry refused. */
  attempt: z._default(z.int().check(z.positive()), 1),
  /** The person, sealed with the data key. */
  person: Bytes,
  /**
   * The data key as journals had it before it got a place of its own beside them (`shared/registration/privacy/person-keys.ts`). An event
   * cannot be destroyed, and a key must be: nothing new is written here.
   */
  dataKey: z.optional(Bytes),
  /** Keyed hash of the whole registration: tells a repeat from another registration without opening either. */
  contentTag: z.string(),
  familyTag: z.string(),
  regencyCode: z.string(),
  /** One of the program's 34 provinces, from the domicile. */
  provinceCode: z.string(),
  consentVersion: z.string(),
});

const IdentityVerified = z.object({ type: z.literal('IdentityVerified'), requestId: z.string() });

const IdentityRefused = z.object({
  type: z.literal('IdentityRefused'),
  requestId: z.string(),
  /** Codes of `identity-reasons.ts`. */
  reasons: z.array(z.string()).check(z.maxLength(10)),
});

export const RegistrationEvent = z.discriminatedUnion('type', [PersonRegistered, IdentityVerified, IdentityRefused]);
export type RegistrationEvent = z.infer<typeof RegistrationEvent>;

/** What was registered, with the key that opens it: empty once it is destroyed. */
export type Registered = Omit<z.infer<typeof PersonRegistered>, 'dataKey'> & { readonly dataKey: Uint8Array };

export type Registration = {
  readonly registered: Registered | null;
  /**
   * The person was erased: what is sealed stays closed. `mayReturn` where no law keeps a trace that bars a second registration, and only
   * once the destruction `isDone`.
   */
  readonly erased: { readonly mayReturn: boolean; readonly isDone: boolean } | null;
  readonly identity: 'unknown' | 'pending' | 'verified' | 'refused';
  readonly refusalReasons: readonly string[];
};

export const unregistered: Registration = { registered: null, erased: null, identity: 'unknown', refusalReasons: [] };

const noKey = new Uint8Array();

/** The file with the data key that stands beside it. After an erasure there is none. */
export function withDataKey(file: Registration, dataKey: Uint8Array): Registration {
  return file.registered && !file.erased ? { ...file, registered: { ...file.registered, dataKey } } : file;
}

/** The file of a person who is erased: domicile and keyed hashes stay, and nothing opens what is sealed. */
export function withoutPerson(file: Registration, mayReturn: boolean): Registration {
  return {
    ...file,
    registered: file.registered && { ...file.registered, person: noKey, dataKey: noKey },
    erased: { mayReturn, isDone: false },
    // Nobody is there any more to be asked about.
    identity: file.identity === 'pending' ? 'unknown' : file.identity,
  };
}

/** The same, once everything is destroyed. */
export function withErasureDone(file: Registration): Registration {
  return { ...file, erased: file.erased && { ...file.erased, isDone: true } };
}

/** What registration events do to the file. */
export function evolveRegistration(before: Registration, event: RegistrationEvent): Registration {
  switch (event.type) {
    case 'PersonRegistered':
      return {
        registered: { ...event, dataKey: event.dataKey ?? before.registered?.dataKey ?? noKey },
        erased: null,
        identity: 'pending',
        refusalReasons: [],
      };
    case 'IdentityVerified':
      return { ...before, identity: 'verified' };
    case 'IdentityRefused':
      return { ...before, identity: 'refused', refusalReasons: event.reasons };
  }
}

/** Corrections of what the civil registry refused; after that a person must help. */
const maxAttempts = 5;

type Registering = Omit<z.infer<typeof PersonRegistered>, 'attempt'>;

/**
 * The registration to append; nothing for a repeat of the same one. What the civil registry refused can be corrected: a slip
 * of the pen, or somebody else's words under this NIK, must not bar its holder for life. Who was erased may come back unless a law keeps
 * the trace of a benefit. @throws Refusal `already_registered`, `person_erased`.
 */
export function register(file: Registration, person: Registering): Decision<RegistrationEvent> {
  if (file.erased && !(file.erased.mayReturn && file.erased.isDone)) throw new Refusal('person_erased');
  if (!file.registered) return { events: [{ ...person, attempt: 1 }] };
  const { attempt, contentTag } = file.registered;
  if (file.erased) return { events: [{ ...person, attempt: attempt + 1 }] };
  if (equalTexts(contentTag, person.contentTag)) return { events: [] };
  const mayCorrect = file.identity === 'refused' && attempt < maxAttempts;
  if (!mayCorrect) throw new Refusal('already_registered');
  return { events: [{ ...person, attempt: attempt + 1 }] };
}

export const RegistryAnswer = z.object({
  outcome: z.enum(['match', 'mismatch', 'not_found']),
  /** Words of the registry: their number is bounded, and what they mean is ours to say. */
  reasons: z.array(z.string().check(z.maxLength(200))).check(z.maxLength(50)),
});
export type RegistryAnswer = z.infer<typeof RegistryAnswer>;

/** Records what the civil registry said; the first answer stands. */
export function recordIdentity(
  file: Registration,
  requestId: string,
  answer: RegistryAnswer,
): Decision<RegistrationEvent> {
  if (file.identity !== 'pending') return { events: [] };
  if (answer.outcome === 'match') return { events: [{ type: 'IdentityVerified', requestId }] };
  const reasons = identityReasonsOf(answer.outcome === 'not_found' ? ['not_found'] : answer.reasons);
  return { events: [{ type: 'IdentityRefused', requestId, reasons }] };
}

/** The registration of somebody who is not erased, verified or not. @throws Refusal `not_registered`, `person_erased`. */
export function standing({ registered, erased }: Registration): Registered {
  if (erased) throw new Refusal('person_erased');
  if (!registered) throw new Refusal('not_registered');
  return registered;
}

/** The registration of somebody who may take the next step. @throws Refusal naming what is missing. */
export function verified(file: Registration): Registered {
  const registered = standing(file);
  const { identity } = file;
  if (identity === 'refused') throw new Refusal('identity_refused');
  if (identity !== 'verified') throw new Refusal('identity_unverified');
  return registered;
}
