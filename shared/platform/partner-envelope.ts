import * as z from 'zod';

/** The success envelope of the partner API: `{"success": true, "message": "...", "data": {...}}`. */
export function envelope<Data extends z.ZodType>(data: Data) {
  return z.strictObject({ success: z.literal(true), message: z.string(), data });
}
