import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';

/** An expected "no": a stable code from the one table, a sentence for people, and never personal data. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** Where in the request the fault lies, as JSON pointers or field names; never the value itself. */
  readonly fields: readonly string[];

  constructor(code: RefusalCode, message: string = refusals[code].title, fields: readonly string[] = []) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.fields = fields;
  }

  get status(): number {
    return refusals[this.code].status;
  }
}
