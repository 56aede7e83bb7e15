import { type Participants, participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { type Accesses, accesses } from '#shared/registration/privacy/accesses.ts';
import { exportOf, heldAbout } from '#shared/registration/privacy/export.ts';
import { exportData } from '#shared/registration/privacy/privacy-api.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = {
  readonly table: Table;
  readonly participants: Participants;
  readonly accesses: Accesses;
  readonly keys: () => Promise<Keys>;
};

/** GET /v1/participants/me/export: everything that is held about the caller. That it was read is written down before. */
export function exportOwnData({ table, participants, accesses, keys }: Deps) {
  const held = heldAbout(table, accesses);
  return api(exportData, async ({ caller, now }) => {
    const participantId = caller.username;
    const access = { role: 'citizen', by: participantId, kind: 'export', reason: 'own' } as const;
    const { state: file, version } = await participants.load(participantId);
    if (version > 0) await accesses.record(participantId, access, now);
    const entries = await participants.entries(participantId);
    return exportOf(await keys(), { participantId, file, entries, ...(await held(participantId)) }, now);
  });
}

const table = programTable();
export const handler = exportOwnData({
  table,
  participants: participants(table),
  accesses: accesses(table),
  keys: programKeys,
});
