import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes an assembly of handwritten templates, one stack each, and gives back its folder. */
export function assemblyOf(stacks: Record<string, object>): { assembly: string; remove: () => void } {
  const assembly = mkdtempSync(join(tmpdir(), 'assembly-'));
  const artifacts = Object.keys(stacks).map((name) => [
    name,
    { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.json` } },
  ]);
  writeFileSync(join(assembly, 'manifest.json'), JSON.stringify({ artifacts: Object.fromEntries(artifacts) }));
  for (const [name, template] of Object.entries(stacks))
    writeFileSync(join(assembly, `${name}.json`), JSON.stringify(template));
  return { assembly, remove: () => rmSync(assembly, { recursive: true, force: true }) };
}

/** One stack, `Some`, of the given resources. */
export const stackOf = (Resources: object, more: object = {}) => assemblyOf({ Some: { Resources, ...more } });

export const inlineFunction = (ZipFile: string, more: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Code: { ZipFile }, Handler: 'index.handler', Runtime: 'nodejs24.x', ...more },
});
