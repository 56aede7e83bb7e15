import * as z from 'zod';
import { type Stack, Unsupported } from '#infra/local/assembly.ts';
import type { Declared, Physical } from '#infra/local/declared.ts';
import { arn, count, draw, flag, generatedName, ignored, properties, seededBytes } from '#infra/local/names.ts';
import type { JsonAnswer } from '#infra/local/wire.ts';

const Generate = z.strictObject({
  PasswordLength: count.default(32),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: flag.default(false),
  ExcludeUppercase: flag.default(false),
  ExcludeNumbers: flag.default(false),
  ExcludePunctuation: flag.default(false),
  IncludeSpace: flag.default(false),
  RequireEachIncludedType: flag.default(true),
});

const SecretProperties = z.strictObject({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: Generate.optional(),
  Description: ignored,
  KmsKeyId: ignored,
  ReplicaRegions: ignored,
  Tags: ignored,
});

function classes(rules: z.infer<typeof Generate>): string[] {
  const all = [
    rules.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    rules.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    rules.ExcludeNumbers ? '' : '0123456789',
    rules.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    rules.IncludeSpace ? ' ' : '',
  ];
  const kept = all.map((letters) =>
    [...letters].filter((letter) => !rules.ExcludeCharacters.includes(letter)).join(''),
  );
  return kept.filter((letters) => letters !== '');
}

/** A password by the rules of GenerateSecretString: the same for the same seed and label. */
function password(rules: z.infer<typeof Generate>, seed: string | undefined, label: string): string {
  const bytes = seededBytes(seed, label);
  const allowed = classes(rules);
  for (;;) {
    const drawn = draw(bytes, allowed.join(''), rules.PasswordLength);
    const complete = allowed.every((letters) => [...letters].some((letter) => drawn.includes(letter)));
    if (complete || !rules.RequireEachIncludedType || rules.PasswordLength < allowed.length) return drawn;
  }
}

const Templated = z.record(z.string(), z.unknown());

function generate(rules: z.infer<typeof Generate>, seed: string | undefined, label: string): string {
  const drawn = password(rules, seed, label);
  if (!rules.SecretStringTemplate || !rules.GenerateStringKey) return drawn;
  return JSON.stringify({
    ...Templated.parse(JSON.parse(rules.SecretStringTemplate)),
    [rules.GenerateStringKey]: drawn,
  });
}

const secretType = 'AWS::SecretsManager::Secret';

/**
 * Values that are given from outside, by `<stack>/<logical id>`. A secret is named by its logical id, or by its construct path or
 * the end of it (`PaymentPartners`, `Data/PaymentPartners`). Throws `Unsupported` for a name that is nobody's, or several secrets'.
 */
export function givenSecrets(stacks: readonly Stack[], values: Readonly<Record<string, string>>): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    const labels = new Set<string>();
    for (const { name: stack, template, paths } of stacks) {
      const isNamed = (path: string) => [name, `${name}/Resource`].some((end) => `/${path}`.endsWith(`/${end}`));
      const named = [...paths].flatMap(([path, logicalId]) => (isNamed(path) ? [logicalId] : []));
      for (const id of [name, ...named]) if (template.Resources[id]?.Type === secretType) labels.add(`${stack}/${id}`);
    }
    const [label, another] = labels;
    if (label === undefined) throw new Unsupported(`No stack has a secret ${name}`);
    if (another !== undefined) throw new Unsupported(`Several secrets are named ${name}`);
    given.set(label, value);
  }
  return given;
}

const Get = z.looseObject({ SecretId: z.string() });

/** Secrets Manager: values given from outside, or made from the template and the seed; read through the real protocol. */
export function secretStore(seed: string | undefined, now: () => Date) {
  const byId = new Map<string, { arn: string; name: string; value: string }>();
  let given: ReadonlyMap<string, string> = new Map();
  return {
    /** Values by `<stack>/<logical id>`, in place of those of the template. Told before anything is created. */
    give(values: ReadonlyMap<string, string>): void {
      given = values;
    },

    create(declared: Declared): Physical {
      const { Name, SecretString, GenerateSecretString } = properties(declared, SecretProperties);
      const name = Name ?? generatedName(declared, 512);
      const label = `${declared.stack.name}/${declared.logicalId}`;
      const value =
        given.get(label) ?? SecretString ?? generate(GenerateSecretString ?? Generate.parse({}), seed, label);
      const secret = { arn: arn(declared, 'secretsmanager', `secret:${name}-local0`), name, value };
      for (const id of [secret.arn, name, declared.logicalId, label]) byId.set(id, secret);
      return { ref: secret.arn, attributes: { Id: secret.arn } };
    },

    /** Value by name, ARN or logical id. */
    value(id: string): string | undefined {
      return byId.get(id)?.value;
    },

    arnOf: (id: string): string | undefined => byId.get(id)?.arn,

    /** One operation of the service. Everything but reading answers that the local cloud has no such operation. */
    async operate(operation: string, body: unknown): Promise<JsonAnswer> {
      if (operation !== 'GetSecretValue')
        return {
          status: 400,
          body: { __type: 'UnknownOperationException', message: `The local cloud has no ${operation}` },
        };
      const { SecretId } = Get.parse(body);
      const secret = byId.get(SecretId);
      if (!secret)
        return {
          status: 400,
          body: { __type: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." },
        };
      const answer = {
        ARN: secret.arn,
        Name: secret.name,
        SecretString: secret.value,
        VersionId: 'local',
        VersionStages: ['AWSCURRENT'],
      };
      return { status: 200, body: { ...answer, CreatedDate: Math.floor(now().getTime() / 1000) } };
    },
  };
}
