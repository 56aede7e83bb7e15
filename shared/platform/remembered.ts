/**
 * Reads when first asked and remembers: callers at the same time share one reading. It is read anew when it has lived for its time, and what
 * failed to be read is not remembered.
 */
export function remembered<Value>(
  read: () => Promise<Value>,
  livesMilliseconds = Number.POSITIVE_INFINITY,
): (now?: Date) => Promise<Value> {
  let known: { readonly value: Promise<Value>; readonly until: number } | null = null;
  return async (now = new Date()) => {
    if (known && known.until > now.getTime()) return known.value;
    const reading = { value: read(), until: now.getTime() + livesMilliseconds };
    known = reading;
    try {
      return await reading.value;
    } catch (error) {
      if (known === reading) known = null;
      throw error;
    }
  };
}
