import { type Participants, participants } from '#shared/journal/participant.ts';
import { PrivacyMessage } from '#shared/operations/messages.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { worker } from '#shared/platform/worker.ts';
import { type AccountAdmin, accountAdmin } from '#shared/registration/account/account-admin.ts';
import { type PersonKeys, personKeys } from '#shared/registration/privacy/person-keys.ts';
import { completeErasure, eraseDue, isLate } from '#shared/registration/privacy/privacy-requests.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly personKeys: PersonKeys;
  readonly keys: () => Promise<Keys>;
  readonly files: Pick<Files, 'remove'>;
  readonly accounts: Pick<AccountAdmin, 'remove'>;
};

/**
 * Queue `privacy`: decides an erasure whose time has come; then destroys what the decision says, and records that it is done. Decided,
 * destroyed, recorded, in this order: whatever comes again finds what is left to do, and a death in between leaves it to the next delivery.
 * Also gives a person's key the newest of the program's keys.
 */
export function carryOutPrivacy({ participants, personKeys, keys, files, accounts }: Deps) {
  async function decide(participantId: string, requestId: string): Promise<void> {
    await participants.change(participantId, (file, now) => {
      const request = file.privacy.requests.get(requestId);
      if (request && isLate(request, now)) logger.error('privacy.late', { participantId, requestId });
      return eraseDue(file, requestId, now);
    });
  }

  async function destroy(participantId: string, requestId: string): Promise<void> {
    const { privacy, certificates } = (await participants.load(participantId)).state;
    const request = privacy.requests.get(requestId);
    if (!request?.erasedAt || request.completedAt) return;
    await accounts.remove(participantId);
    // The certificate itself goes on being verified by its number; its file says a name.
    for (const { fileKey } of certificates.issued.values()) await files.remove(fileKey);
    await personKeys.destroy(participantId, request.erasedAt);
    await participants.change(participantId, (file) => completeErasure(file, requestId));
  }

  return worker('carryOutPrivacy', PrivacyMessage, async (message) => {
    const { participantId } = message;
    switch (message.step) {
      case 'due':
        return decide(participantId, message.requestId);
      case 'erase':
        return destroy(participantId, message.requestId);
      case 'rewrap':
        await personKeys.rewrap(await keys(), participantId);
    }
  });
}

const table = programTable();
export const handler = carryOutPrivacy({
  participants: participants(table),
  personKeys: personKeys(table),
  keys: programKeys,
  files: programFiles(),
  accounts: accountAdmin(setting('userPoolId')),
});
