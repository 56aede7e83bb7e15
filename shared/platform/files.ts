import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { setting } from '#shared/platform/environment.ts';

/** A file as it was read; the tag tells whether somebody wrote in between. */
export type StoredFile = { readonly text: string; readonly tag: string };

/** Files of the program in the one bucket. Prefixes: `draws/`, `certificates/`, `figures/`. */
export function files(bucket: string, client: S3Client = new S3Client({})) {
  return {
    async put(key: string, body: string | Uint8Array, contentType: string): Promise<void> {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
    },

    /** Writes only if nobody wrote since `tag` was read; without a tag, only if there is no file yet. */
    async replace(key: string, text: string, contentType: string, tag: string | null): Promise<void> {
      const condition = tag === null ? { IfNoneMatch: '*' } : { IfMatch: tag };
      const file = { Bucket: bucket, Key: key, Body: text, ContentType: contentType };
      await client.send(new PutObjectCommand({ ...file, ...condition }));
    },

    async read(key: string): Promise<StoredFile | null> {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Body && ETag ? { text: await Body.transformToString(), tag: ETag } : null;
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },

    /** Keys under a prefix, in order, at most `limit`. */
    async list(prefix: string, limit: number): Promise<string[]> {
      const { Contents = [] } = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: limit }),
      );
      return Contents.flatMap(({ Key }) => (Key ? [Key] : []));
    },

    async remove(key: string): Promise<void> {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },

    /** An address at which anybody who has it reads the file until it expires. */
    async address(key: string, expiresInSeconds: number): Promise<string> {
      return getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: expiresInSeconds });
    },
  };
}
export type Files = ReturnType<typeof files>;

/** The files of this deployment. */
export const programFiles = (): Files => files(setting('filesBucket'));
