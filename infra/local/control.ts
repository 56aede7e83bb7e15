import { z } from 'zod';
import { durationMilliseconds } from '#infra/local/clock.ts';
import type { Program } from '#infra/local/program.ts';
import { type Listening, listen, readBody } from '#infra/local/wire.ts';

const Move = z.strictObject({ advance: z.string() });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What a person does to the local cloud beside using it: `GET /clock`, `POST /clock {"advance":"P30D"}`, and `POST /tokens` for new
 * sessions (a token is an hour old after an hour of the program's clock).
 */
export async function startControl(
  { cloud, citizen, operators }: Pick<Program, 'cloud' | 'citizen' | 'operators'>,
  port = 0,
): Promise<Listening> {
  const time = () => ({ now: cloud.clock.now().toISOString() });

  async function answer(request: string, body: string): Promise<{ status: number; content: unknown }> {
    if (request === 'GET /clock') return { status: 200, content: time() };
    if (request === 'POST /clock') {
      const milliseconds = durationMilliseconds(Move.safeParse(parsed(body)).data?.advance ?? '');
      if (milliseconds === undefined)
        return { status: 400, content: { message: 'Expected {"advance":"P30D"} or {"advance":"PT1H"}' } };
      cloud.clock.advance(milliseconds);
      return { status: 200, content: time() };
    }
    if (request === 'POST /tokens') {
      const sessions = [citizen, ...operators].map(async ({ role, name, signIn }) => ({
        role,
        name,
        accessToken: await signIn(),
      }));
      return { status: 200, content: await Promise.all(sessions) };
    }
    return { status: 404, content: { message: 'GET /clock, POST /clock, POST /tokens' } };
  }

  return listen(async (request, response) => {
    const body = String((await readBody(request)) ?? '');
    const { status, content } = await answer(`${request.method} ${request.url}`, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(content)}\n`);
  }, port);
}
