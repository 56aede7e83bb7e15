import { deployedFunctions } from '#test/bench/deployed.ts';
import { row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';

/** KB of 1,024 bytes, as everywhere in the product and as AWS counts. */
const bytesPerKb = 1_024;
const allowedKb = 250;

const exceptions: Readonly<Record<string, number>> = {
  // It draws a PDF: the library for it weighs about 440.
  'certificate/issue-certificate': 700,
  // They hold the question bank: some 50 of text and templates, in two languages.
  'registration/aptitude-tests': 300,
  'registration/score-aptitude': 300,
  // Workers for whom nobody waits: they hold the rules of every journal, the payment partners' client and a list of files.
  'incentive/import-statement': 280,
  'incentive/run-release': 280,
  // The same, with Cognito's client: it removes accounts.
  'registration/carry-out-privacy': 280,
};

/** Size of each function's code, as it is deployed. */
export const bundleSizes: Suite = {
  name: 'bundle.kb',
  measure: async ({ assembly }) =>
    deployedFunctions(assembly).map(({ entry, bytes }) =>
      row({
        capability: entry,
        name: 'bundle.kb',
        value: bytes / bytesPerKb,
        unit: 'KB',
        baseline: exceptions[entry] ?? allowedKb,
        target: 1,
      }),
    ),
};
