import type { LearningMethod } from '#shared/catalogue/course.ts';

/** How the partner API names a learning method. The contract's values are unknown: they are ours, and stand here only. */
export const learningLabels: Readonly<Record<LearningMethod, { type: number; label: string; method: string }>> = {
  self_paced: { type: 1, label: 'Pembelajaran Mandiri', method: 'spl' },
  webinar: { type: 2, label: 'Webinar', method: 'webinar' },
  offline: { type: 3, label: 'Luring', method: 'luring' },
  hybrid: { type: 4, label: 'Bauran', method: 'bauran' },
};
