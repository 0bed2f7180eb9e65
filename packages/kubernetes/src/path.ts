/** One step of a field path: a map key or a list index. */
export type Step = string | number;

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

// The resources of an estate have the same few paths: one text for all of them takes less memory, and less time to look up.
const known = new Map<string, Map<Step, string>>();
const mostKnown = 20_000;
let size = 0;

/** Appends a step to a path in the report's notation: `.key`, `["odd key"]` or `[0]`. */
export function join(path: string, step: Step): string {
  const before = known.get(path)?.get(step);
  if (before !== undefined) return before;
  if (++size > mostKnown) {
    known.clear();
    size = 1;
  }
  const joined = write(path, step);
  const below = known.get(path) ?? new Map<Step, string>();
  known.set(path, below.set(step, joined));
  return joined;
}

function write(path: string, step: Step): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  if (!identifier.test(step)) return `${path}[${JSON.stringify(step)}]`;
  return path === '' ? step : `${path}.${step}`;
}

/** Renders steps as a path: `['spec', 'http', 0]` becomes `spec.http[0]`. */
export function formatPath(steps: readonly Step[]): string {
  return steps.reduce<string>(join, '');
}

const part = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([A-Za-z_][A-Za-z0-9_]*)/y;

/** Parses the notation of `formatPath`; undefined where the text is not a path. */
export function parsePath(path: string): Step[] | undefined {
  const steps: Step[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < path.length) {
    const match = part.exec(path);
    if (match === null) return undefined;
    if (match[1] !== undefined) steps.push(Number(match[1]));
    else if (match[2] !== undefined) steps.push(JSON.parse(match[2]) as string);
    else steps.push(match[3] as string);
  }
  return steps;
}
