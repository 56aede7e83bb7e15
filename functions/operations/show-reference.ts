import { endpoints } from '#shared/operations/contract.ts';
import { openapi } from '#shared/operations/openapi.ts';
import { showReference } from '#shared/operations/operations-api.ts';
import { referencePage } from '#shared/operations/reference-page.ts';
import { apiPage } from '#shared/platform/http.ts';
import { htmlHeaders } from '#shared/platform/page.ts';

/** GET /docs: this API as a page. */
export function serveReference() {
  let body: string | undefined;
  return apiPage(showReference, async () => {
    body ??= referencePage(openapi(endpoints));
    return { statusCode: showReference.status, headers: { ...htmlHeaders }, body };
  });
}

export const handler = serveReference();
