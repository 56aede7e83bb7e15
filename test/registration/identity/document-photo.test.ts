import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentPhotos } from '#functions/registration/document-photo.ts';
import { showDocumentPhoto } from '#functions/registration/read-document-photo.ts';
import { participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import { maxPhotoBytes, uploadedKey } from '#shared/registration/identity/document-photo.ts';
import { accesses } from '#shared/registration/privacy/accesses.ts';
import type { Table } from '#shared/table/table.ts';
import { type Citizen, citizens, journeyUntil, keys, store } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { dyingFiles, memoryFiles } from '#test/platform/memory-files.ts';
import { exif, jpeg, png } from '#test/registration/identity/pictures.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const people = citizens('document photo', 40);
const files = memoryFiles();
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

async function registered(): Promise<Citizen> {
  const citizen = people.pop();
  if (!citizen) throw new Error('More people are needed');
  await store(engine.table, journeyUntil('register', { citizen }));
  return citizen;
}

type With = { readonly table?: Table; readonly files?: Files };
const portsOf = ({ table = engine.table, files: used = files }: With) => ({
  participants: participants(table),
  files: used,
  keys: async () => keys,
});
async function ask(path: string, { participantId }: Pick<Citizen, 'participantId'>, body: object, changed: With = {}) {
  const event = httpEvent({ path, body, claims: citizenClaims(participantId) });
  return read(await documentPhotos(portsOf(changed))(event, lambdaContext));
}
const announcement = (photo: Buffer, changes: object = {}) => ({
  contentType: 'image/jpeg',
  bytes: photo.length,
  sha256: digestOf(photo),
  ...changes,
});
const announce = (citizen: Pick<Citizen, 'participantId'>, body: object, changed?: With) =>
  ask('/v1/participants/me/document-photo', citizen, body, changed);
const confirm = (citizen: Pick<Citizen, 'participantId'>, photoId: string, changed?: With) =>
  ask('/v1/participants/me/document-photo/confirmation', citizen, { photoId }, changed);

/** Announces a file and puts another one, or the same, where it belongs. */
async function upload(citizen: Citizen, photo: Buffer, { put = photo, ...changes }: { put?: Buffer } & object = {}) {
  const { body } = await announce(citizen, announcement(photo, changes));
  await files.put(uploadedKey(body.photoId), put, '');
  return body.photoId as string;
}
async function reading(participantId: string, body: object = { reason: 'An objection to the draw' }) {
  const event = httpEvent({ body, pathParameters: { participantId }, claims: operatorClaims('operator-satu') });
  return read(await showDocumentPhoto({ ...portsOf({}), accesses: accesses(engine.table) })(event, lambdaContext));
}
const typesOf = async ({ participantId }: Citizen) =>
  (await participants(engine.table).entries(participantId)).flatMap(({ events }) => events.map(({ type }) => type));
const photoTypes = async (citizen: Citizen) => (await typesOf(citizen)).filter((type) => type.startsWith('Document'));

describe('a photo of an identity card', () => {
  it('is announced, uploaded to an address of its own, accepted once, and kept sealed', async () => {
    const citizen = await registered();
    const photo = jpeg();
    const first = await announce(citizen, announcement(photo));
    expect(first).toMatchObject({
      status: 201,
      body: {
        state: 'announced',
        refusal: null,
        upload: {
          headers: {
            'content-type': 'image/jpeg',
            'content-length': String(photo.length),
            'x-amz-checksum-sha256': Buffer.from(digestOf(photo), 'hex').toString('base64'),
          },
        },
      },
    });
    const { photoId } = first.body;
    expect((await announce(citizen, announcement(photo))).body.photoId).toBe(photoId);
    expect(await confirm(citizen, photoId)).toMatchObject({ status: 409, body: { code: 'photo_not_uploaded' } });
    await files.put(uploadedKey(photoId), photo, '');
    for (let times = 0; times < 3; times += 1)
      expect(await confirm(citizen, photoId)).toEqual({
        status: 200,
        type: 'application/json',
        body: { photoId, state: 'accepted', refusal: null },
      });
    expect((await announce(citizen, announcement(photo))).body).toEqual({
      photoId,
      state: 'accepted',
      refusal: null,
      upload: null,
    });
    expect(await photoTypes(citizen)).toEqual(['DocumentPhotoAnnounced', 'DocumentPhotoAccepted']);
    const kept = [...files.bytes].filter(([key]) => key.includes(photoId));
    expect(kept.map(([key]) => key)).toEqual([expect.stringContaining('photos/sealed/')]);
    expect(kept[0]?.[1].includes(photo.subarray(200, 260))).toBe(false);
    expect(JSON.stringify(kept.map(([key]) => key))).not.toContain(citizen.participantId.slice(0, 12));
  });

  it('is shown to an operator with a reason, without where it was taken; its owner sees each reading', async () => {
    const citizen = await registered();
    const photo = jpeg({ notes: [exif] });
    await confirm(citizen, await upload(citizen, photo));
    for (let times = 0; times < 2; times += 1) {
      const { status, body } = await reading(citizen.participantId);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { contentType: 'image/jpeg', width: 640, height: 480 },
      });
      expect(Buffer.from(body.imageBase64, 'base64').equals(jpeg({ notes: [] }))).toBe(true);
    }
    const { accesses: reads } = await accesses(engine.table).page(citizen.participantId, 10);
    const reason = 'An objection to the draw';
    const expected = expect.objectContaining({ by: 'operator-satu', kind: 'document_photo', reason });
    expect(reads).toEqual([expected, expected]);
  });

  it('is not shown without a reason, where there is none, or of nobody; and nothing is written', async () => {
    const citizen = await registered();
    expect(await reading(citizen.participantId)).toMatchObject({ status: 404, body: { code: 'photo_missing' } });
    expect(await reading('f'.repeat(64))).toMatchObject({ status: 404, body: { code: 'participant_unknown' } });
    expect(await reading(citizen.participantId, {})).toMatchObject({ status: 400, body: { fields: ['reason'] } });
    expect(await photoTypes(citizen)).toEqual([]);
  });

  it.each<[string, string, Parameters<typeof upload>[1], Parameters<typeof upload>[2]]>([
    ['another type than stated', 'type', png(), {}],
    ['another file of the same length', 'differs', jpeg(), { put: jpeg({ coded: Buffer.alloc(5_005, 0x33) }) }],
    ['a part of it', 'differs', jpeg(), { put: jpeg().subarray(0, 3_000) }],
    ['more than anybody may announce', 'differs', jpeg(), { put: Buffer.alloc(maxPhotoBytes + 1) }],
    ['a picture with an archive behind it', 'more_inside', Buffer.concat([jpeg(), Buffer.from('PK\x03\x04')]), {}],
    ['a picture that ends nowhere', 'broken', jpeg({ end: Buffer.alloc(0) }), {}],
    ['a picture of 399 pixels', 'too_small', jpeg({ width: 399 }), {}],
  ])('that is %s is refused, says why, and is gone', async (_, code, photo, changes) => {
    const citizen = await registered();
    const photoId = await upload(citizen, photo, changes);
    const refused = await confirm(citizen, photoId);
    expect(refused).toMatchObject({ status: 200, body: { state: 'refused', refusal: { code } } });
    for (const sentence of [refused.body.refusal.id, refused.body.refusal.en, refused.body.refusal.remedy.id])
      expect(sentence).toMatch(/^[A-Z].{10,}\.$/);
    expect(await confirm(citizen, photoId)).toEqual(refused);
    expect([...files.contents.keys()].filter((key) => key.includes(photoId))).toEqual([]);
    expect(await photoTypes(citizen)).toEqual(['DocumentPhotoAnnounced', 'DocumentPhotoRefused']);
  });

  it("cannot be confirmed, or taken over, by somebody else: another person's id is nobody's", async () => {
    const [owner, other] = [await registered(), await registered()];
    const photoId = await upload(owner, jpeg());
    expect(await confirm(other, photoId)).toMatchObject({ status: 404, body: { code: 'photo_unknown' } });
    expect((await announce(other, announcement(jpeg()))).body.photoId).not.toBe(photoId);
    expect(files.contents.has(uploadedKey(photoId))).toBe(true);
    expect(await confirm({ participantId: 'f'.repeat(64) }, photoId)).toMatchObject({
      body: { code: 'not_registered' },
    });
  });

  it('opens for no other person and no other photo', async () => {
    const citizen = await registered();
    await confirm(citizen, await upload(citizen, jpeg()));
    const [, sealed] = [...files.bytes].filter(([key]) => key.startsWith('photos/sealed/')).at(-1) ?? [];
    const { openFile } = await import('#shared/registration/identity/sealed-file.ts');
    const { registration, documentPhoto } = (await participants(engine.table).load(citizen.participantId)).state;
    const dataKey = registration.registered?.dataKey ?? new Uint8Array();
    const photoId = documentPhoto.accepted?.photoId ?? '';
    const open = (participantId: string, id: string) =>
      openFile(keys, participantId, dataKey, id, sealed ?? Buffer.of());
    expect(open(citizen.participantId, photoId).length).toBeGreaterThan(4_000);
    expect(() => open(citizen.participantId, '0'.repeat(32))).toThrow();
    expect(() => open('f'.repeat(64), photoId)).toThrow();
  });

  it.each([
    ['a GIF', { contentType: 'image/gif' }, 'contentType'],
    ['one byte too large', { bytes: maxPhotoBytes + 1 }, 'bytes'],
    ['one byte too small', { bytes: 4_095 }, 'bytes'],
    ['without a whole digest', { sha256: 'ab' }, 'sha256'],
  ])('is not announced when it is %s', async (_, changes, field) => {
    const citizen = await registered();
    const refused = await announce(citizen, announcement(jpeg(), changes));
    expect(refused).toMatchObject({ status: 400, body: { code: 'request_invalid', fields: [field] } });
    expect(await photoTypes(citizen)).toEqual([]);
  });

  it('is not announced an eleventh time, and a later one takes the place of an earlier one', async () => {
    const citizen = await registered();
    const photo = (index: number) => jpeg({ coded: Buffer.alloc(5_000 + index, 0x5a) });
    const first = await upload(citizen, photo(0));
    for (let index = 1; index < 10; index += 1) await upload(citizen, photo(index));
    expect(await confirm(citizen, first)).toMatchObject({ body: { code: 'photo_unknown' } });
    expect(await announce(citizen, announcement(photo(10)))).toMatchObject({
      status: 429,
      body: { code: 'photos_exceeded' },
    });
    const last = await upload(citizen, photo(9));
    expect(await confirm(citizen, last)).toMatchObject({ body: { state: 'accepted' } });
  });

  it('is accepted once, and readable, wherever its confirmation dies or however many come at once', async () => {
    for (const when of ['before', 'after'] as const) {
      for (const change of [1, 2] as const) {
        const citizen = await registered();
        const photoId = await upload(citizen, jpeg());
        await confirm(citizen, photoId, { files: dyingFiles(files, { change, when }) });
        expect(await confirm(citizen, photoId)).toMatchObject({ body: { state: 'accepted' } });
        expect(await photoTypes(citizen)).toEqual(['DocumentPhotoAnnounced', 'DocumentPhotoAccepted']);
        expect((await reading(citizen.participantId)).status).toBe(200);
        expect(files.contents.has(uploadedKey(photoId))).toBe(false);
      }
      const citizen = await registered();
      const photoId = await upload(citizen, jpeg());
      await confirm(citizen, photoId, { table: engine.dying({ write: 1, when }) });
      expect(await confirm(citizen, photoId)).toMatchObject({ body: { state: 'accepted' } });
      expect((await reading(citizen.participantId)).status).toBe(200);
    }
    const citizen = await registered();
    const photoId = await upload(citizen, jpeg());
    await Promise.all([1, 2, 3].map(() => confirm(citizen, photoId)));
    expect(await photoTypes(citizen)).toEqual(['DocumentPhotoAnnounced', 'DocumentPhotoAccepted']);
    expect((await reading(citizen.participantId)).status).toBe(200);
  });
});
