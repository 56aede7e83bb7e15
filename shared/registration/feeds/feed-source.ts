import * as z from 'zod/mini';

/**
 * Who tells the program about people, list by list: the ministry of education (Dapodik, EMIS), army and police, the civil service,
 * the ministry of social affairs, state enterprises; and the ministry of manpower about workers who were laid off.
 */
export const FeedSource = z.enum([
  'education',
  'army_police',
  'civil_service',
  'social_aid',
  'state_enterprise',
  'laid_off',
]);
export type FeedSource = z.infer<typeof FeedSource>;
