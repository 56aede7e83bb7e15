import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { Unsupported } from '#infra/local/assembly.ts';
import type { Clock } from '#infra/local/clock.ts';
import { accountId, type Declared, type Physical } from '#infra/local/declared.ts';
import type { Functions } from '#infra/local/functions.ts';
import { arn, generatedName, ignored, properties } from '#infra/local/names.ts';
import type { Storage } from '#infra/local/storage.ts';
import { type Due, dueBy } from '#infra/local/timetable.ts';

const Target = z.strictObject({
  Arn: z.string(),
  Id: ignored,
  Input: z.string().optional(),
  RoleArn: ignored,
  RetryPolicy: ignored,
  DeadLetterConfig: ignored,
});

const ScheduleProperties = z.strictObject({
  Name: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target,
  Description: ignored,
  FlexibleTimeWindow: ignored,
  GroupName: ignored,
  KmsKeyArn: ignored,
});

const RuleProperties = z.strictObject({
  Name: z.string().optional(),
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(Target).default([]),
  Description: ignored,
  Tags: ignored,
});

interface Planned {
  readonly due: Due;
  readonly fire: (at: Date) => Promise<void>;
  last: number;
}

/** A failed asynchronous invocation comes twice more, as the service does. */
const asynchronousAttempts = 3;
const checkMilliseconds = 1000;

/** Schedules fire by the program's clock: looked at each second and after each move of the clock; what is overdue fires once. */
export function schedules({ clock, functions, storage }: { clock: Clock; functions: Functions; storage: Storage }) {
  const planned: Planned[] = [];
  const firing = new Set<Promise<void>>();

  async function send(targetArn: string, payload: unknown): Promise<void> {
    if (storage.resolveQueue(targetArn)) return storage.send(targetArn, JSON.stringify(payload));
    const target = functions.find(targetArn);
    for (let attempt = 1; attempt <= asynchronousAttempts; attempt += 1) {
      if ((await target.invoke(payload)).ok) return;
      await delay(50 * attempt);
    }
  }

  function plan(declared: Declared, expression: string, timeZone: string, fire: Planned['fire']): void {
    try {
      planned.push({ due: dueBy(expression, timeZone), fire, last: clock.now().getTime() });
    } catch (error) {
      throw error instanceof Unsupported
        ? new Unsupported(`${declared.stack.name}/${declared.logicalId}: ${error.message}`)
        : error;
    }
  }

  function fireDue(): void {
    const now = clock.now();
    for (const schedule of planned) {
      if (!schedule.due(schedule.last, now.getTime())) continue;
      schedule.last = now.getTime();
      const fired = schedule.fire(now).finally(() => firing.delete(fired));
      firing.add(fired);
    }
  }
  const timer = setInterval(fireDue, checkMilliseconds);
  clock.onAdvance(fireDue);

  return {
    createSchedule(declared: Declared): Physical {
      const { Name, ScheduleExpression, ScheduleExpressionTimezone, State, Target } = properties(
        declared,
        ScheduleProperties,
      );
      const fill = (text: string, at: Date) => text.replaceAll('<aws.scheduler.scheduled-time>', at.toISOString());
      const fire = (at: Date) => send(Target.Arn, JSON.parse(fill(Target.Input ?? '{}', at)));
      if (State === 'ENABLED') plan(declared, ScheduleExpression, ScheduleExpressionTimezone, fire);
      const name = Name ?? generatedName(declared, 64);
      return { ref: name, attributes: { Arn: arn(declared, 'scheduler', `schedule/default/${name}`) } };
    },

    createRule(declared: Declared): Physical {
      const { Name, ScheduleExpression, State, Targets } = properties(declared, RuleProperties);
      const name = Name ?? generatedName(declared, 64);
      const Arn = arn(declared, 'events', `rule/${name}`);
      const event = (at: Date) => ({
        version: '0',
        id: crypto.randomUUID(),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: accountId,
        time: at.toISOString(),
        region: declared.stack.region,
        resources: [Arn],
        detail: {},
      });
      for (const { Arn: targetArn, Input } of State === 'ENABLED' ? Targets : [])
        plan(declared, ScheduleExpression, 'UTC', (at) => send(targetArn, Input ? JSON.parse(Input) : event(at)));
      return { ref: name, attributes: { Arn } };
    },

    busy: (): boolean => firing.size > 0,
    stop: (): void => clearInterval(timer),
  };
}
