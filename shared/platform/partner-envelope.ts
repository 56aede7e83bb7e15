import * as z from 'zod/mini';

/** The success envelope of the partner API: `{"success": true, "message": "...", "data": {...}}`. */
export function envelope<Data extends z.ZodMiniType>(data: Data) {
  return z.strictObject({ success: z.literal(true), message: z.string(), data });
}

/** RFC 3339 in whole seconds, as the samples of the partner API have it. */
export function wholeSeconds(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
