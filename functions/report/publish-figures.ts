import { programFiles } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { task } from '#shared/platform/task.ts';
import { programProvinces } from '#shared/registration/region-names.ts';
import { type FiguresFiles, figuresFiles } from '#shared/report/figures-files.ts';

type Deps = { readonly figures: FiguresFiles; readonly now: () => Date };

/** Every minute: counts what waits, and publishes the figures. */
export function publishFigures({ figures, now }: Deps) {
  return task<unknown>('publishFigures', async () => {
    const counted = await figures.countAndPublish(programProvinces(), now());
    logger.info('figures.published', { counted });
  });
}

export const handler = publishFigures({ figures: figuresFiles(programFiles()), now: () => new Date() });
