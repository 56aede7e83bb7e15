import type * as z from 'zod/mini';
import type { Keys } from '#shared/platform/keys.ts';

/** A sealed value to hand out and get back: nobody else can read, make or change it, nor use it for another purpose. */
export function sealTicket(keys: Keys, context: string, value: object): string {
  return Buffer.from(keys.seal('ticket', Buffer.from(JSON.stringify(value)), context)).toString('base64url');
}

/** The value of a ticket, or null when it was not made here for this context. */
export function openTicket<Value extends z.ZodMiniType>(
  keys: Keys,
  context: string,
  ticket: string,
  schema: Value,
): z.infer<Value> | null {
  try {
    const plain = keys.open('ticket', Buffer.from(ticket, 'base64url'), context);
    return schema.parse(JSON.parse(Buffer.from(plain).toString('utf8')));
  } catch {
    return null;
  }
}
