import { api } from '#shared/platform/http.ts';
import { questionsFor } from '#shared/registration/eligibility/declarations.ts';
import { readDeclarations } from '#shared/registration/eligibility/eligibility-api.ts';

/** GET /v1/declarations/{scheme}: what applicants are asked now. */
export const handler = api(readDeclarations, async ({ path: { scheme } }) => {
  const { version, questions } = questionsFor(scheme);
  // Other schemes are nobody's business here.
  return { version, scheme, questions: questions.map(({ schemes: _, ...question }) => question) };
});
