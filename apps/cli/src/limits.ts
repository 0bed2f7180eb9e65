import { defaultLimits, isLimit, type Limits, limitsFrom, parseLimit } from '@isthmus/kubernetes';
import { InputError } from './input.ts';

/**
 * The limits of an import: `NAME=VALUE` as `--limit` takes it, then the environment's `ISTHMUS_LIMIT_…`, then the
 * defaults.
 */
export function readLimits(given: readonly string[], environment: NodeJS.ProcessEnv): Limits {
  const limits: Record<keyof Limits, number> = {
    ...limitsFrom(environment, (message) => {
      throw new InputError(message);
    }),
  };
  for (const text of given) {
    const [name = '', value = ''] = text.split('=', 2);
    if (!isLimit(name))
      throw new InputError(`there is no limit '${name}'; known are ${Object.keys(defaultLimits).join(', ')}`);
    const read = parseLimit(name, value);
    if (typeof read === 'string') throw new InputError(`--limit ${name} ${read}`);
    limits[name] = read;
  }
  return limits;
}
