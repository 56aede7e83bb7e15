import { randomBytes } from 'node:crypto';
import { type Command, type Group, UsageError } from '#ops/command.ts';
import { row, wibTime } from '#ops/render.ts';
import { readSealingKeys, rotated, type SealingKeys, writeSealingKeys } from '#shared/platform/sealing-keys.ts';
import { readSealingKeys as readVersions } from '#shared/registration/privacy/privacy-api.ts';

/* `npm run ops -- keys …`: the versions of the key that personal data is sealed with. No secret goes over the API. */

const showing: Command = {
  name: 'show',
  summary: 'Shows the versions of the sealing key, and which one seals now.',
  operands: [],
  usage: [],
  options: {},
  async run(_given, { api, show, terminal: { paint } }) {
    show(await api.ask(readVersions, {}), ({ sealsWith, versions }) =>
      versions.flatMap(({ version, from }) =>
        row(paint, `Version ${version}`, version === sealsWith ? 'seals now' : `from ${wibTime(from)}`),
      ),
    );
  },
};

/** The secret as it stands in Secrets Manager. What is not one is not repeated: it may be another secret. */
function secretIn(text: string | null): SealingKeys {
  try {
    return readSealingKeys(text ?? '');
  } catch {
    throw new UsageError('The standard input is not the secret SealingKeys, in one line');
  }
}

const rotating: Command = {
  name: 'rotate',
  summary: 'Reads the secret from the standard input and prints it with one version more: docs/runbook.md.',
  operands: [],
  usage: [],
  options: {},
  async run(_given, { terminal }) {
    const versions = secretIn(await terminal.ask(''));
    const next = rotated(versions, randomBytes(48).toString('base64url'), new Date());
    terminal.out.write(`${writeSealingKeys(next)}\n`);
  },
};

export const keysCommands: Group = {
  name: 'keys',
  summary: 'The versions of the key that personal data is sealed with',
  commands: [showing, rotating],
};
