/** Keys of a draw's files. The four named ones are published; the chunks are the workers' shares of the winners. */
export const drawFile = {
  commitment: (batchId: string): string => `draws/${batchId}/commitment.json`,
  manifest: (batchId: string): string => `draws/${batchId}/manifest.json`,
  applicants: (batchId: string): string => `draws/${batchId}/applicants.csv`,
  winners: (batchId: string): string => `draws/${batchId}/winners.csv`,
  chunk: (batchId: string, chunk: number): string => `draws/${batchId}/chunks/${String(chunk).padStart(5, '0')}.json`,
  published: (batchId: string, file: string): string => `draws/${batchId}/${file}`,
} as const;

/** Winners of one worker's run: a few writes each, well inside a worker's life. */
export const winnersPerChunk = 500;
