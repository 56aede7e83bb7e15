import { type Resource, type Stack, Unsupported } from '#infra/local/assembly.ts';
import type { Physical, Provider } from '#infra/local/declared.ts';
import { noValue, parameterValue, pseudoParameter, refuseUnknownParameters } from '#infra/local/parameters.ts';

/** Place of a value: who asks, and what is being created on the way to it (to see circles). */
interface Place {
  readonly stack: Stack;
  readonly owner: string;
  readonly trail: readonly string[];
}

function refuse({ stack, owner }: Place, what: string): never {
  throw new Unsupported(`${stack.name}/${owner}: ${what}`);
}

const pair = (argument: unknown): readonly unknown[] => (Array.isArray(argument) ? argument : [argument]);

/**
 * Creates every resource of the stacks, each after those it refers to, through `provider`. Throws `Unsupported` on the first thing
 * it cannot run.
 */
export function deployment(stacks: readonly Stack[], parameters: Readonly<Record<string, string>>, provider: Provider) {
  const created = new Map<string, Promise<Physical>>();
  refuseUnknownParameters(stacks, parameters);

  async function reference(name: string, place: Place): Promise<unknown> {
    if (name.startsWith('AWS::'))
      return pseudoParameter(name, place.stack) ?? refuse(place, `pseudo parameter ${name} is not supported`);
    if (place.stack.template.Resources[name]) return (await resource(place.stack, name, place.trail)).ref;
    const { value, fault } = parameterValue(name, place.stack, parameters);
    return value ?? refuse(place, fault);
  }

  async function attribute([logicalId, ...path]: readonly string[], place: Place): Promise<string> {
    const declared = logicalId && place.stack.template.Resources[logicalId];
    if (!declared || !logicalId) return refuse(place, `Fn::GetAtt of unknown ${logicalId}`);
    const name = path.join('.');
    const { attributes } = await resource(place.stack, logicalId, place.trail);
    return attributes[name] ?? refuse(place, `Fn::GetAtt ${logicalId}.${name} of ${declared.Type} is not supported`);
  }

  async function text(value: unknown, place: Place): Promise<string> {
    const resolved = await resolve(value, place);
    if (typeof resolved === 'string' || typeof resolved === 'number' || typeof resolved === 'boolean')
      return String(resolved);
    return refuse(place, 'expected a text');
  }

  async function substitute(argument: unknown, place: Place): Promise<string> {
    const [pattern, variables = {}] = pair(argument);
    const known = new Map(Object.entries(variables ?? {}));
    const parts = (await text(pattern, place)).split(/\$\{([^}]*)\}/);
    const replaced = parts.map((part, index) => {
      if (index % 2 === 0) return part;
      if (part.startsWith('!')) return `\${${part.slice(1)}}`;
      if (known.has(part)) return text(known.get(part), place);
      return part.includes('.') && !part.startsWith('AWS::')
        ? attribute(part.split('.'), place)
        : text({ Ref: part }, place);
    });
    return provider.localize((await Promise.all(replaced)).join(''));
  }

  async function imported(name: string, place: Place): Promise<unknown> {
    for (const stack of stacks)
      for (const [id, output] of Object.entries(stack.template.Outputs)) {
        const there = { stack, owner: `Outputs/${id}`, trail: place.trail };
        if (output.Export && (await text(output.Export.Name, there)) === name) return resolve(output.Value, there);
      }
    return refuse(place, `Fn::ImportValue of unknown export ${name}`);
  }

  async function stackOutput(argument: unknown, place: Place): Promise<unknown> {
    const asked = new Map(Object.entries(argument ?? {}));
    const [stackName, outputName] = [
      await text(asked.get('StackName'), place),
      await text(asked.get('OutputName'), place),
    ];
    const stack = stacks.find(({ name }) => name === stackName);
    const output = stack?.template.Outputs[outputName];
    if (!stack || !output) return refuse(place, `Fn::GetStackOutput of unknown ${stackName}.${outputName}`);
    return resolve(output.Value, { stack, owner: `Outputs/${outputName}`, trail: place.trail });
  }

  async function condition(name: string, place: Place): Promise<boolean> {
    const declared = place.stack.template.Conditions[name];
    return declared === undefined ? refuse(place, `unknown condition ${name}`) : truth(declared, place);
  }

  async function truth(value: unknown, place: Place): Promise<boolean> {
    const [[intrinsic, argument] = ['', undefined]] = Object.entries(value ?? {});
    const each = () => Promise.all(pair(argument).map((part) => truth(part, place)));
    if (intrinsic === 'Condition') return condition(await text(argument, place), place);
    if (intrinsic === 'Fn::Equals') {
      const [left, right] = await Promise.all(pair(argument).map((part) => text(part, place)));
      return left === right;
    }
    if (intrinsic === 'Fn::And') return (await each()).every(Boolean);
    if (intrinsic === 'Fn::Or') return (await each()).some(Boolean);
    if (intrinsic === 'Fn::Not') return !(await each())[0];
    return refuse(place, `condition ${intrinsic} is not supported`);
  }

  async function list(value: unknown, place: Place): Promise<unknown[]> {
    const resolved = await resolve(value, place);
    return Array.isArray(resolved) ? resolved : refuse(place, 'expected a list');
  }

  const intrinsics: Record<string, (argument: unknown, place: Place) => Promise<unknown>> = {
    Ref: async (name, place) => reference(String(name), place),
    'Fn::GetAtt': (argument, place) =>
      attribute(typeof argument === 'string' ? argument.split('.') : pair(argument).map(String), place),
    'Fn::Join': async (argument, place) => {
      const [separator, parts] = pair(argument);
      return provider.localize((await list(parts, place)).join(String(separator)));
    },
    'Fn::Sub': substitute,
    'Fn::Select': async (argument, place) => {
      const [index, parts] = pair(argument);
      return (
        (await list(parts, place))[Number(await text(index, place))] ?? refuse(place, 'Fn::Select beyond the list')
      );
    },
    'Fn::Split': async (argument, place) => {
      const [separator, whole] = pair(argument);
      return (await text(whole, place)).split(String(separator));
    },
    'Fn::ImportValue': async (name, place) => imported(await text(name, place), place),
    'Fn::GetStackOutput': stackOutput,
    'Fn::If': async (argument, place) => {
      const [name, yes, no] = pair(argument);
      return resolve((await condition(String(name), place)) ? yes : no, place);
    },
    'Fn::FindInMap': async (argument, place) => {
      const [map = '', first = '', second = ''] = await Promise.all(pair(argument).map((part) => text(part, place)));
      return (
        place.stack.template.Mappings[map]?.[first]?.[second] ??
        refuse(place, `Fn::FindInMap finds no ${map}.${first}.${second}`)
      );
    },
  };

  async function resolve(value: unknown, place: Place): Promise<unknown> {
    if (typeof value === 'string' && value.includes('{{resolve:'))
      return refuse(place, 'dynamic reference {{resolve:…}} is not supported');
    if (Array.isArray(value))
      return (await Promise.all(value.map((part) => resolve(part, place)))).filter((part) => part !== noValue);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      const intrinsic = intrinsics[only[0]];
      return intrinsic ? intrinsic(only[1], place) : refuse(place, `intrinsic ${only[0]} is not supported`);
    }
    const resolved = await Promise.all(entries.map(async ([key, part]) => [key, await resolve(part, place)] as const));
    return Object.fromEntries(resolved.filter(([, part]) => part !== noValue));
  }

  function resource(stack: Stack, logicalId: string, trail: readonly string[] = []): Promise<Physical> {
    const key = `${stack.name}/${logicalId}`;
    const declared = stack.template.Resources[logicalId];
    const place = { stack, owner: logicalId, trail: [...trail, key] };
    if (!declared) return refuse(place, 'unknown resource');
    if (trail.includes(key)) return refuse(place, `circular dependency ${place.trail.join(' > ')}`);
    const already = created.get(key);
    if (already) return already;
    const creation = create(declared, place);
    created.set(key, creation);
    return creation;
  }

  async function create({ Type: type, Properties, DependsOn }: Resource, place: Place): Promise<Physical> {
    const inert = provider.inert(type, place.stack, place.owner);
    if (inert) return inert;
    for (const id of DependsOn) await resource(place.stack, id, place.trail);
    const properties = new Map<string, unknown>();
    for (const [name, value] of Object.entries(Properties)) {
      const resolved = await resolve(value, place);
      if (resolved !== noValue) properties.set(name, resolved);
    }
    return provider.create({
      stack: place.stack,
      logicalId: place.owner,
      type,
      properties: Object.fromEntries(properties),
    });
  }

  return {
    /** Creates everything, one after the other: resources are few, and a plain order makes circles visible. */
    async deploy(): Promise<void> {
      for (const stack of stacks)
        for (const [logicalId, { Condition }] of Object.entries(stack.template.Resources)) {
          const wanted = !Condition || (await condition(Condition, { stack, owner: logicalId, trail: [] }));
          if (wanted) await resource(stack, logicalId);
        }
    },
    /** Physical id of a resource by stack and either logical id or construct path (`Data/Table` or `Data/Table/Resource`). */
    async physicalId(stackName: string, idOrPath: string): Promise<string> {
      const stack = stacks.find(({ name }) => name === stackName);
      if (!stack) throw new Unsupported(`No stack ${stackName}`);
      const logicalId = stack.paths.get(idOrPath) ?? stack.paths.get(`${idOrPath}/Resource`) ?? idOrPath;
      return (await resource(stack, logicalId)).ref;
    },
    /** Physical ids of all resources of a type, in the order of the templates. */
    async idsOfType(type: string): Promise<string[]> {
      const found = stacks.flatMap((stack) =>
        Object.entries(stack.template.Resources).flatMap(([id, { Type }]) =>
          Type === type ? [resource(stack, id)] : [],
        ),
      );
      return (await Promise.all(found)).map(({ ref }) => ref);
    },
    /** `<stack>/<logical id>` of a construct path; the path itself when no stack has it. */
    logicalPath(path: string): string {
      for (const stack of stacks) {
        const logicalId = stack.paths.get(path) ?? stack.paths.get(`${path}/Resource`);
        if (logicalId) return `${stack.name}/${logicalId}`;
      }
      return path;
    },
    async outputs(stackName: string): Promise<Record<string, string>> {
      const stack = stacks.find(({ name }) => name === stackName);
      if (!stack) throw new Unsupported(`No stack ${stackName}`);
      const values = Object.entries(stack.template.Outputs).map(
        async ([id, { Value }]) => [id, await text(Value, { stack, owner: `Outputs/${id}`, trail: [] })] as const,
      );
      return Object.fromEntries(await Promise.all(values));
    },
  };
}
