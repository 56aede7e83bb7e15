import * as z from 'zod/mini';

/** Binary attributes as DynamoDB gives and takes them. */
export const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
