import { type Stack, Unsupported } from '#infra/local/assembly.ts';
import { accountId } from '#infra/local/declared.ts';

/** What `AWS::NoValue` resolves to; whoever holds it leaves the property or the list item out. */
export const noValue = Symbol('AWS::NoValue');

/** A name that no template knows is a typing mistake, and would leave another parameter without its value. */
export function refuseUnknownParameters(stacks: readonly Stack[], given: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(given))
    if (!stacks.some(({ template }) => template.Parameters[name]))
      throw new Unsupported(`No stack has a parameter ${name}`);
}

/** The value of a stack's parameter: given, or its default; or what is wrong with it. */
export function parameterValue(
  name: string,
  { template }: Stack,
  given: Readonly<Record<string, string>>,
): { value?: string; fault: string } {
  const declared = template.Parameters[name];
  if (!declared) return { fault: `Ref to unknown ${name}` };
  const value = given[name] ?? declared.Default;
  if (value === undefined) return { fault: `parameter ${name} has no value` };
  const { AllowedPattern, AllowedValues } = declared;
  if (AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`).test(value))
    return { fault: `parameter ${name} does not match ${AllowedPattern}` };
  if (AllowedValues && !AllowedValues.includes(value)) return { fault: `parameter ${name} is not an allowed value` };
  return { value, fault: '' };
}

/** The value of `AWS::Region` and its like; undefined for one that is not known here. */
export function pseudoParameter(name: string, { name: stackName, region }: Stack): string | typeof noValue | undefined {
  const values: Record<string, string | typeof noValue> = {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
    'AWS::NoValue': noValue,
  };
  return values[name];
}
