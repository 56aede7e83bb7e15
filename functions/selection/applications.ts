import { type SchemeCode, schemes } from '#shared/credit/schemes.ts';
import { type Participant, type Participants, participants as participantsOf } from '#shared/journal/participant.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { waitingRooms } from '#shared/registration/admission/admission-store.ts';
import { type Gate, gate } from '#shared/registration/admission/gate.ts';
import {
  type Declaring,
  decodeAnswers,
  questionsFor,
  readDeclaration,
} from '#shared/registration/eligibility/declarations.ts';
import { readDeclarations } from '#shared/registration/eligibility/eligibility-api.ts';
import { rulesOn } from '#shared/registration/eligibility/rules.ts';
import { openPerson, openWithDataKey, sealWithDataKey } from '#shared/registration/person.ts';
import { standing } from '#shared/registration/registration.ts';
import { joinBatch, objectToDraw, readApplication } from '#shared/selection/application-api.ts';
import { type Batches, batches as batchesIn, isOver, knownBatch } from '#shared/selection/batch.ts';
import { mayObject } from '#shared/selection/batch-steps.ts';
import { drawFiles } from '#shared/selection/draw-files.ts';
import { drawNumberOf } from '#shared/selection/draw-number.ts';
import { type FactsBeside, factsBeside } from '#shared/selection/facts-beside.ts';
import { hasJoined, join } from '#shared/selection/joining.ts';
import type { Application, Objection } from '#shared/selection/membership.ts';
import { fileObjection } from '#shared/selection/objection.ts';
import { decisionsAbout } from '#shared/selection/own-decisions.ts';
import { outcomeIn } from '#shared/selection/own-outcome.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly beside: FactsBeside;
  readonly participants: Participants;
  readonly batches: Batches;
  readonly files: Files;
  readonly keys: () => Promise<Keys>;
  readonly publicUrl: () => string;
  readonly gate: Gate;
};

/** What a citizen does in a batch: reads what is asked, joins it, sees what came of it, objects. */
export function serveApplications({ beside, participants, batches, files, keys, publicUrl, gate }: Deps) {
  async function drawNumberIn(batchId: string, participantId: string, file: Participant): Promise<string> {
    const { registered } = file.registration;
    if (!registered) throw new Refusal('not_registered');
    return drawNumberOf(await keys(), batchId, { familyTag: registered.familyTag, participantId });
  }

  /** What an applicant declares in a scheme, its answers sealed: among them are words of the person. */
  async function declarationOf(participantId: string, dataKey: Uint8Array, scheme: SchemeCode, declaring?: Declaring) {
    if (!declaring) return null;
    const { answers, ...declaration } = readDeclaration(scheme, declaring);
    return { ...declaration, answers: sealWithDataKey(await keys(), participantId, dataKey, answers) };
  }

  const joining = api(joinBatch, async ({ caller, pass, now: arrived, body: { batchId, declarations } }) => {
    const participantId = caller.username;
    await gate.enter(pass, participantId, arrived);
    const { created, opened, state } = await knownBatch(batches, batchId);
    const { scheme } = created;
    const { maxRecipientsPerFamilyCard } = schemes[scheme];
    let drawNumber = '';
    await participants.change(participantId, async (before, now) => {
      const registered = standing(before.registration);
      drawNumber = await drawNumberIn(batchId, participantId, before);
      if (hasJoined(before.membership, batchId)) return { events: [] };
      const person = { participantId, familyTag: registered.familyTag };
      const [declaration, earlierBatchIsOver, facts] = await Promise.all([
        declarationOf(participantId, registered.dataKey, scheme, declarations),
        isOverIn(batches, before.membership.joined?.batchId, now),
        beside(person, maxRecipientsPerFamilyCard),
      ]);
      const { birthDate } = openPerson(await keys(), participantId, registered);
      return join(before, {
        ...{ ...facts, drawNumber, declaration, earlierBatchIsOver, birthDate, now },
        batch: { batchId, scheme, isOpen: state === 'open', rules: rulesOn(scheme, wibDay(opened?.at ?? now)) },
      });
    });
    return { batchId, joined: true, drawNumber };
  });

  async function declaredBy(participantId: string, { registration }: Participant, { answers, facts }: Application) {
    const version = facts?.declared?.version;
    if (!registration.registered || !answers || version === undefined) return null;
    const { dataKey } = registration.registered;
    return { version, answers: decodeAnswers(version, openWithDataKey(await keys(), participantId, dataKey, answers)) };
  }

  const asking = api(readDeclarations, async ({ path: { scheme } }) => {
    const { version, questions } = questionsFor(scheme);
    // Other schemes are nobody's business here.
    return { version, scheme, questions: questions.map(({ schemes: _, ...question }) => question) };
  });

  const reading = api(readApplication, async ({ caller, path: { batchId } }) => {
    const file = (await participants.load(caller.username)).state;
    const drawNumber = await drawNumberIn(batchId, caller.username, file);
    const { applications, objections } = file.membership;
    const joined = applications.get(batchId);
    const objection = objections.get(batchId);
    const { state: batch } = await batches.load(batchId);
    if (!joined || batch.state === 'unknown') throw new Refusal('not_applied');
    const declares = [...joined.declares];
    const store = drawFiles(files, batchId);
    return {
      ...{ batchId, drawNumber, declares },
      batchState: batch.state,
      joinedAt: joined.at.toISOString(),
      ...(await outcomeIn(batch, store, drawNumber)),
      decisions: await decisionsAbout({ application: joined, drawNumber }, batch, store),
      declaration: await declaredBy(caller.username, file, joined),
      decreed: batch.announced ? file.membership.decreed?.batchId === batchId : null,
      checkUrl: `${publicUrl()}/v1/batches/${batchId}/check#${drawNumber}`,
      objection: objection ? objectionView(objection) : null,
    };
  });

  const objecting = api(objectToDraw, async ({ caller, path: { batchId }, body: { ground }, now }) => {
    const batch = await knownBatch(batches, batchId);
    const isTime = mayObject(batch, now);
    const { membership } = await participants.change(caller.username, async (file) => {
      const drawNumber = await drawNumberIn(batchId, caller.username, file);
      return fileObjection(file.membership, { batchId, drawNumber, ground, isTime });
    });
    const objection = membership.objections.get(batchId);
    if (!objection) throw new Error('objection.missing');
    return objectionView(objection);
  });

  return apiGroup([
    [readDeclarations, asking],
    [joinBatch, joining],
    [readApplication, reading],
    [objectToDraw, objecting],
  ]);
}

const objectionView = ({ ground, at, answered }: Objection) => ({
  ground,
  filedAt: at.toISOString(),
  answer: answered?.answer ?? null,
});

async function isOverIn(batches: Batches, batchId: string | undefined, now: Date): Promise<boolean> {
  return batchId !== undefined && isOver((await batches.load(batchId)).state, now);
}

const table = programTable();
export const handler = serveApplications({
  beside: factsBeside(table, programKeys),
  participants: participantsOf(table),
  batches: batchesIn(table),
  files: programFiles(),
  keys: programKeys,
  publicUrl: () => setting('publicUrl'),
  gate: gate({ room: waitingRooms(table), keys: programKeys }),
});
