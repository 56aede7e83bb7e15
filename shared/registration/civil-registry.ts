import { postJson, ServiceFailed } from '#shared/platform/outside.ts';
import type { Person } from '#shared/registration/person.ts';
import { RegistryAnswer } from '#shared/registration/registration.ts';

/** The civil registry: whether a NIK, its family card, name, birth date and sex belong together. */
export type CivilRegistry = {
  check(requestId: string, person: Person): Promise<RegistryAnswer>;
};

/** The registry over HTTP. @throws ServiceFailed when it does not answer: ask again later. */
export function civilRegistry(baseUrl: string, key: () => Promise<string>): CivilRegistry {
  return {
    async check(requestId, { nik, familyCardNumber, name, birthDate, sex, motherName }) {
      const headers = { authorization: `Bearer ${await key()}` };
      const asked = { requestId, nik, familyCardNumber, name, birthDate, sex };
      const question = { ...asked, ...(motherName !== undefined && { motherName }) };
      const { status, body } = await postJson(`${baseUrl}/v1/identity-checks`, question, headers);
      const answer = RegistryAnswer.safeParse(body);
      if (status !== 200 || !answer.success) throw new ServiceFailed(status);
      return answer.data;
    },
  };
}
