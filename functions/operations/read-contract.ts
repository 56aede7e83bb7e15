import { endpoints } from '#shared/operations/contract.ts';
import { openapi } from '#shared/operations/openapi.ts';
import { readContract } from '#shared/operations/operations-api.ts';
import { api } from '#shared/platform/http.ts';

/** GET /openapi.json: this API as an OpenAPI 3.1 document. */
export function serveContract() {
  let document: ReturnType<typeof openapi> | undefined;
  return api(readContract, async () => {
    document ??= openapi(endpoints);
    return document;
  });
}

export const handler = serveContract();
