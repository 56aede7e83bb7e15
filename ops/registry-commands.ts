import type * as z from 'zod/mini';
import type { Command, Group } from '#ops/command.ts';
import { noteIn } from '#ops/fields.ts';
import { type Paint, row, wibTime } from '#ops/render.ts';
import { grouped } from '#shared/platform/digits.ts';
import * as routes from '#shared/registration/identity/registry-api.ts';

/* `npm run ops -- registry …`: what operators do with the civil registry. */

type RegistryView = z.output<typeof routes.RegistryView>;

const meanings: Readonly<Record<RegistryView['breaker']['state'], string>> = {
  closed: 'asked',
  open: 'not asked: it did not answer',
  half_open: 'the next call tries whether it answers',
  held_open: 'not asked, until an operator closes the breaker',
};

/** The civil registry as an operator sees it. */
function registryScreen(
  paint: Paint,
  { breaker, checksPerSecond, pending, oldest, lastSwitch }: RegistryView,
): string[] {
  const { state, openedAt, retryAt, failuresInRow } = breaker;
  const queued = [
    `${grouped(pending.waiting)} in the queue`,
    `${grouped(pending.delayed)} put back for later`,
    `${grouped(pending.withWorker)} with a worker`,
  ];
  return [
    `${paint('bold', 'Civil registry')}  ${paint(state === 'closed' ? 'green' : 'red', state.replaceAll('_', ' '))}  ${meanings[state]}`,
    '',
    ...row(paint, 'Bound', `${checksPerSecond} checks a second, of all workers together`),
    ...row(paint, 'Waiting', queued.join(', ')),
    ...row(paint, 'Longest', oldest ? `registered ${wibTime(oldest.registeredAt)}` : 'nobody was seen lately'),
    ...(openedAt ? row(paint, 'Open since', wibTime(openedAt)) : []),
    ...(retryAt ? row(paint, 'Next trial', wibTime(retryAt)) : []),
    ...(failuresInRow > 0 ? row(paint, 'Failures', `${failuresInRow} in a row`) : []),
    ...(lastSwitch
      ? row(
          paint,
          'By hand',
          `${lastSwitch.position} by ${lastSwitch.by}, ${wibTime(lastSwitch.at)}: ${lastSwitch.reason}`,
        )
      : []),
  ];
}

const show: Command = {
  name: 'show',
  summary: 'Shows whether the registry is asked, how fast, and who waits for it.',
  operands: [],
  usage: [],
  options: {},
  async run(_given, { api, show: shown, terminal: { paint } }) {
    shown(await api.ask(routes.readRegistry, {}), (view) => registryScreen(paint, view));
  },
};

/** A step by hand, with its reason. */
function step(
  route: typeof routes.openRegistry | typeof routes.closeRegistry,
  words: Pick<Command, 'name' | 'summary'>,
) {
  const switching: Command = {
    ...words,
    operands: [],
    usage: ['--reason TEXT'],
    options: { reason: { value: 'TEXT', help: 'why; kept with your name' } },
    async run(given, { api, show: shown, terminal: { paint } }) {
      shown(await api.ask(route, { body: { reason: noteIn('reason', given.text('reason')) } }), (view) =>
        registryScreen(paint, view),
      );
    },
  };
  return switching;
}

export const registryCommands: Group = {
  name: 'registry',
  summary: 'The civil registry',
  commands: [
    show,
    step(routes.openRegistry, {
      name: 'open',
      summary: 'Opens the breaker: the registry is not asked until somebody closes it. Nobody loses their place.',
    }),
    step(routes.closeRegistry, {
      name: 'close',
      summary: 'Closes the breaker: the registry is asked again at once, and the breaker decides by itself.',
    }),
  ],
};
