/** A route of an HTTP API, such as `GET /v1/courses/{courseCode}`, `ANY /{proxy+}` or `$default`. */
export interface Route<Target> {
  readonly key: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly target: Target;
}

export interface Match<Target> {
  readonly route: Route<Target>;
  readonly pathParameters: Readonly<Record<string, string>>;
}

export function parseRoute<Target>(key: string, target: Target): Route<Target> {
  const [method = '', path = ''] = key.split(' ');
  return { key, method, segments: path.split('/').slice(1), target };
}

const variable = (segment: string) => /^\{([^+}]+)(\+?)\}$/.exec(segment);

/** Decoded text of a path segment; a bad escape stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parametersOf(segments: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const [, name, greedy] = variable(segment) ?? [];
    const given = path[index];
    if (given === undefined || (name && given === '')) return undefined;
    if (name && greedy) return { ...parameters, [name]: path.slice(index).map(decoded).join('/') };
    if (name) parameters[name] = decoded(given);
    else if (segment !== given) return undefined;
  }
  return segments.length === path.length ? parameters : undefined;
}

/** Rank of a route: literal segments before variables before greedy ones, a named method before ANY. Smaller comes first. */
function rank({ segments, method }: Route<unknown>): string {
  const parts = segments.map((segment) => ((variable(segment)?.[2] ?? '') === '+' ? 2 : variable(segment) ? 1 : 0));
  return `${parts.join('')}${method === 'ANY' ? 'b' : 'a'}`;
}

/** The most specific route for a request, `$default` last; undefined when none fits. `path` is the raw path, with its leading slash. */
export function matchRoute<Target>(
  routes: readonly Route<Target>[],
  method: string,
  path: string,
): Match<Target> | undefined {
  const asked = path.split('/').slice(1);
  const fitting = routes.flatMap((route) => {
    if (route.key === '$default' || (route.method !== 'ANY' && route.method !== method)) return [];
    const pathParameters = parametersOf(route.segments, asked);
    return pathParameters ? [{ route, pathParameters }] : [];
  });
  const [best] = fitting.sort((left, right) => (rank(left.route) < rank(right.route) ? -1 : 1));
  const fallback = routes.find(({ key }) => key === '$default');
  return best ?? (fallback && { route: fallback, pathParameters: {} });
}
