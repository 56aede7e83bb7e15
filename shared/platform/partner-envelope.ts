import * as z from 'zod/mini';

/** The success envelope of the partner API: `{"success": true, "message": "...", "data": {...}}`. */
export function envelope<Data extends z.ZodMiniType>(data: Data) {
  return z.strictObject({ success: z.literal(true), message: z.string(), data });
}
