import { admissionCommands } from '#ops/admission-commands.ts';
import { aptitudeCommands } from '#ops/aptitude-commands.ts';
import { batchCommands } from '#ops/batch-commands.ts';
import type { Group } from '#ops/command.ts';
import { eligibilityCommands } from '#ops/eligibility-commands.ts';
import { feedCommands } from '#ops/feed-commands.ts';
import { keysCommands } from '#ops/keys-commands.ts';
import { privacyCommands } from '#ops/privacy-commands.ts';
import { registryCommands } from '#ops/registry-commands.ts';

/** All commands, in the order in which the help shows them. */
export const groups: readonly Group[] = [
  batchCommands,
  eligibilityCommands,
  admissionCommands,
  aptitudeCommands,
  feedCommands,
  privacyCommands,
  keysCommands,
  registryCommands,
];
