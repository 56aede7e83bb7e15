import * as z from 'zod';
import { bearerKey, json, type Service } from '#infra/local/simulators/exchange.ts';
import { type Faults, faultQueue } from '#infra/local/simulators/faults.ts';
import { checkNik, type NikFault } from '#shared/registration/nik.ts';

/*
 * Stands for the civil registry (Dukcapil). It remembers nobody: what it knows of a NIK follows from the NIK.
 *
 *   the NIK                                     outcome     reasons
 *   of no province, or serial 0000              not_found
 *   serial 9000-9999                            not_found
 *   its date or day+40 is not the stated one    mismatch    birth_date, sex
 *   serial 8000-8999                            mismatch    name
 *   serial 7000-7999                            mismatch    family_card
 *   serial 6000-6999, with a mother's name      mismatch    mother_name
 *   any other                                   match
 *
 * Several reasons may come together, in the order birth_date, sex, name, family_card, mother_name.
 */

export const IdentityCheckRequest = z.object({
  requestId: z.string().min(1).max(64),
  nik: z.string().regex(/^\d{16}$/),
  familyCardNumber: z.string().regex(/^\d{16}$/),
  name: z.string().min(1).max(100),
  birthDate: z.iso.date(),
  sex: z.enum(['female', 'male']),
  motherName: z.string().min(1).max(100).optional(),
});
type IdentityCheckRequest = z.infer<typeof IdentityCheckRequest>;

export type IdentityReason = 'birth_date' | 'sex' | 'name' | 'family_card' | 'mother_name';
export type IdentityOutcome = 'match' | 'mismatch' | 'not_found';

/** unavailable: 503. cut: the connection ends without an answer. */
export type CivilRegistryFault = 'unavailable' | 'cut';
export type CivilRegistryControl = {
  readonly faults: Faults<CivilRegistryFault>;
  /** Checks answered so far with an outcome. */
  answered(): number;
};

/** What the registry says of a person, by the table above. */
export function identityOutcome(person: Omit<IdentityCheckRequest, 'requestId'>): {
  outcome: IdentityOutcome;
  reasons: IdentityReason[];
} {
  const faults = checkNik(person.nik, person);
  const serial = Number(person.nik.slice(12));
  const unknown: NikFault[] = ['nik_format', 'nik_province_unknown', 'nik_serial'];
  if (serial >= 9000 || unknown.some((fault) => faults.includes(fault))) return { outcome: 'not_found', reasons: [] };

  const found: [boolean, IdentityReason][] = [
    [faults.includes('nik_birth_date_mismatch'), 'birth_date'],
    [faults.includes('nik_sex_mismatch'), 'sex'],
    [serial >= 8000, 'name'],
    [serial >= 7000 && serial < 8000, 'family_card'],
    [serial >= 6000 && serial < 7000 && person.motherName !== undefined, 'mother_name'],
  ];
  const reasons = found.flatMap(([applies, reason]) => (applies ? [reason] : []));
  return { outcome: reasons.length === 0 ? 'match' : 'mismatch', reasons };
}

/** POST /v1/identity-checks */
export function civilRegistry(): { service: Service; control: CivilRegistryControl } {
  const faults = faultQueue<CivilRegistryFault>();
  let answered = 0;

  const service: Service = async (call) => {
    if (call.path !== '/v1/identity-checks') return json(404, { error: 'no_such_path' });
    if (call.method !== 'POST') return json(405, { error: 'method_not_allowed' });
    if (!bearerKey(call)) return json(401, { error: 'key_missing' });
    const request = IdentityCheckRequest.safeParse(call.body);
    if (!request.success)
      return json(400, { error: 'bad_request', fields: request.error.issues.map(({ path }) => path.join('.')) });

    const fault = faults.take();
    await faults.wait();
    if (fault === 'cut') return 'cut';
    if (fault === 'unavailable') return json(503, { error: 'unavailable' });
    answered += 1;
    const { requestId, ...person } = request.data;
    return json(200, { requestId, ...identityOutcome(person) });
  };

  return { service, control: { faults, answered: () => answered } };
}
