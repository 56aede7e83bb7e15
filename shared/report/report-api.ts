import { endpoint } from '#shared/platform/endpoint.ts';
import { Figures } from '#shared/report/figures.ts';

export const readFigures = endpoint({
  operation: 'readFigures',
  capability: 'report',
  method: 'GET',
  path: '/v1/figures',
  access: 'public',
  summary: 'How many were registered, decreed, bought, completed and were paid, and the rupiah, by province.',
  status: 200,
  answer: Figures,
  refusals: ['figures_missing'],
});
