import { programFiles } from '#shared/platform/files.ts';
import { api } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type FiguresFiles, figuresFiles } from '#shared/report/figures-files.ts';
import { readFigures } from '#shared/report/report-api.ts';

/** GET /v1/figures: the published figures, for anybody. */
export function showFigures({ figures }: { readonly figures: FiguresFiles }) {
  return api(readFigures, async () => {
    const published = await figures.published();
    if (!published) throw new Refusal('figures_missing');
    return published;
  });
}

export const handler = showFigures({ figures: figuresFiles(programFiles()) });
