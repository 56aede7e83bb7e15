import * as z from 'zod';
import { accountId, type Declared, type Physical } from '#infra/local/declared.ts';
import { arn } from '#infra/local/names.ts';
import type { Needed } from '#infra/local/needed-actions.ts';
import {
  logActions,
  permissionStore,
  queueSourceActions,
  type Role,
  refuser,
  streamSourceActions,
} from '#infra/local/permission-store.ts';
import { type Action, type Context, type Decision, decide } from '#infra/local/policies.ts';
import type { Signer } from '#infra/local/wire.ts';

/** Why a request is refused, in the words of the real service; undefined when it may pass. */
export type Authorize = (signer: Signer | undefined, operation: string, needed: Needed) => string | undefined;

/** A permission of a function's role, and whether anything has needed it since start. */
export interface GrantUse extends Action {
  readonly functionName: string;
  readonly used: boolean;
}

/** The access key of people, tools and tests, who may do everything. */
export const administrator = 'local';

/** The access key that a function signs with. */
export function accessKeyOf({ stack, logicalId }: Pick<Declared, 'stack' | 'logicalId'>): string {
  return `${stack.name}.${logicalId}`;
}

/* Of the resources that invoke functions or are fed by them: only what a permission depends on. */
const FunctionRole = z.looseObject({
  Role: z.string().optional(),
  LoggingConfig: z.looseObject({ LogGroup: z.string().optional() }).default({}),
});
const Mapping = z.looseObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  DestinationConfig: z.looseObject({ OnFailure: z.looseObject({ Destination: z.string() }).optional() }).default({}),
});
const Integration = z.looseObject({ IntegrationUri: z.string(), CredentialsArn: z.string().optional() });
const Route = z.looseObject({ ApiId: z.string(), RouteKey: z.string(), Target: z.string() });
const Target = z.looseObject({ Arn: z.string(), RoleArn: z.string().optional() });
const Schedule = z.looseObject({ Target, GroupName: z.string().default('default') });
const Rule = z.looseObject({ Targets: z.array(Target).default([]) });

interface Caller {
  readonly name: string;
  readonly arn: string;
  /** Without a role a function may do nothing. */
  readonly role: Role | undefined;
}

const because: Readonly<Record<Exclude<Decision, 'allowed'>, (action: string) => string>> = {
  denied: () => 'with an explicit deny in a policy',
  'not granted': (action) => `because no identity-based policy allows the ${action} action`,
};

/**
 * Lets functions do what their roles grant, and nothing else. What the real service checks when a stack is deployed is checked in
 * `verify`; what it checks at each request, in `authorize`.
 */
export function permissions(onLog: (line: string, functionName: string) => void) {
  const store = permissionStore();
  const callers = new Map<string, Caller>();
  const integrations = new Map<string, z.infer<typeof Integration>>();
  const checks: (() => void)[] = [];

  function decision(role: Role | undefined, wanted: Action, refuse: (what: string) => never): Decision {
    if (!role) return 'not granted';
    return decide([...store.statementsOf(role, refuse), ...store.ofResource(wanted.resource, role)], wanted);
  }

  /** At deployment: the role must be allowed all of it. */
  function demand(declared: Declared, role: Role | undefined, actions: readonly string[], resource: string): void {
    const refuse = refuser(declared);
    for (const action of actions)
      if (decision(role, { action, resource }, refuse) !== 'allowed')
        refuse(`${role ? `role ${role.name}` : 'a function without a role'} may not ${action} on ${resource}`);
  }

  function demandTrust(declared: Declared, role: Role, service: string, context: Context = {}): void {
    const about = role.trust.filter(({ principals = [] }) => principals.includes(service));
    if (decide(about, { action: 'sts:AssumeRole', resource: role.arn }, context) !== 'allowed')
      refuser(declared)(`role ${role.name} may not be assumed by ${service}`);
  }

  function known(declared: Declared, roleArn: string): Role {
    return store.role(roleArn) ?? refuser(declared)(`role ${roleArn} is not in the templates`);
  }

  function callerOf(functionName: string): Caller | undefined {
    return [...callers.values()].find(({ name, arn: own }) => name === functionName || own === functionName);
  }

  function demandInvoker(declared: Declared, service: string, functionArn: string, sourceArn: string): void {
    if (callerOf(functionArn) && !store.mayInvoke(service, functionArn, sourceArn))
      refuser(declared)(`no permission lets ${service} invoke ${functionArn} for ${sourceArn}`);
  }

  const notes: Readonly<Record<string, (declared: Declared, physical: Physical) => void>> = {
    'AWS::Lambda::Function'(declared, { ref: name, attributes }) {
      const { Role, LoggingConfig } = FunctionRole.parse(declared.properties);
      const role = Role === undefined ? undefined : known(declared, Role);
      callers.set(accessKeyOf(declared), { name, arn: attributes['Arn'] ?? '', role });
      if (!role) return;
      const logs = arn(
        declared,
        'logs',
        `log-group:${LoggingConfig.LogGroup ?? `/aws/lambda/${name}`}:log-stream:local`,
      );
      checks.push(() => {
        demandTrust(declared, role, 'lambda.amazonaws.com');
        demand(declared, role, logActions, logs);
      });
    },

    'AWS::Lambda::EventSourceMapping'(declared) {
      const { EventSourceArn, FunctionName, DestinationConfig } = Mapping.parse(declared.properties);
      const failures = DestinationConfig.OnFailure?.Destination;
      checks.push(() => {
        const role = callerOf(FunctionName)?.role;
        const ofQueue = EventSourceArn.startsWith('arn:aws:sqs:');
        demand(declared, role, ofQueue ? queueSourceActions : streamSourceActions, EventSourceArn);
        if (failures?.startsWith('arn:aws:sqs:')) demand(declared, role, ['sqs:SendMessage'], failures);
      });
    },

    'AWS::ApiGatewayV2::Integration'({ properties }, { ref }) {
      integrations.set(ref, Integration.parse(properties));
    },

    'AWS::ApiGatewayV2::Route'(declared) {
      const { ApiId, RouteKey, Target: target } = Route.parse(declared.properties);
      const place = RouteKey === '$default' ? `/${RouteKey}` : `/${RouteKey.replace(' ', '')}`;
      const source = arn(declared, 'execute-api', `${ApiId}/$default${place}`);
      const { IntegrationUri = '', CredentialsArn } = integrations.get(target.replace('integrations/', '')) ?? {};
      checks.push(() => {
        if (CredentialsArn === undefined)
          return demandInvoker(declared, 'apigateway.amazonaws.com', IntegrationUri, source);
        const role = known(declared, CredentialsArn);
        demandTrust(declared, role, 'apigateway.amazonaws.com');
        demand(declared, role, ['lambda:InvokeFunction'], IntegrationUri);
      });
    },

    'AWS::Scheduler::Schedule'(declared) {
      const { Target: target, GroupName } = Schedule.parse(declared.properties);
      const group = arn(declared, 'scheduler', `schedule-group/${GroupName}`);
      checks.push(() => {
        const role = known(declared, target.RoleArn ?? '');
        demandTrust(declared, role, 'scheduler.amazonaws.com', {
          'aws:sourceaccount': accountId,
          'aws:sourcearn': group,
        });
        const ofQueue = target.Arn.startsWith('arn:aws:sqs:');
        demand(declared, role, [ofQueue ? 'sqs:SendMessage' : 'lambda:InvokeFunction'], target.Arn);
      });
    },

    'AWS::Events::Rule'(declared, { attributes }) {
      const { Targets } = Rule.parse(declared.properties);
      for (const { Arn } of Targets)
        checks.push(() => demandInvoker(declared, 'events.amazonaws.com', Arn, attributes['Arn'] ?? ''));
    },
  };

  function refusal(caller: Caller, wanted: Action): string | undefined {
    const { name, role } = caller;
    const decided = decision(role, wanted, (what) => {
      throw new Error(what);
    });
    if (decided === 'allowed') return undefined;
    const { action, resource } = wanted;
    onLog(JSON.stringify({ level: 'WARN', message: 'permission.denied', function: name, action, resource }), name);
    const user = `arn:aws:sts::${accountId}:assumed-role/${role?.name ?? 'none'}/${name}`;
    return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${because[decided](action)}`;
  }

  const authorize: Authorize = (signer, operation, needed) => {
    if (signer?.accessKeyId === administrator || needed?.length === 0) return undefined;
    if (!signer) return 'The request is not signed';
    const caller = callers.get(signer.accessKeyId);
    if (!caller) return `The access key ${signer.accessKeyId} is nobody's here: people sign with "${administrator}"`;
    if (!needed)
      return `The local cloud does not know which permission ${operation} needs, and refuses it to ${caller.name}`;
    for (const wanted of needed) {
      const refused = refusal(caller, wanted);
      if (refused) return refused;
    }
    return undefined;
  };

  return {
    /** Creates the resources that are permissions. */
    creators: store.creators,
    /** Told each resource once it stands: remembers what depends on permissions. */
    note: (declared: Declared, physical: Physical): void => notes[declared.type]?.(declared, physical),
    /** Checks what the real service checks at deployment; throws one line on the first thing that is missing. */
    verify(): void {
      for (const check of checks) check();
    },
    authorize,
    /** What the roles of functions allow. */
    grants(): GrantUse[] {
      return [...callers.values()].flatMap(({ name, role }) =>
        (role?.statements ?? [])
          .filter(({ effect }) => effect === 'Allow')
          .flatMap(({ grants }) => grants.map((grant) => ({ functionName: name, ...grant }))),
      );
    },
  };
}
