import type { Context } from './context.ts';

/**
 * Computes something of the whole estate once, however many resources ask for it: otherwise the work would grow with the
 * square of the estate. What is computed must only read the context.
 */
export function oncePerContext<T>(compute: (context: Context) => T): (context: Context) => T {
  const known = new WeakMap<Context, { readonly value: T }>();
  return (context) => {
    const before = known.get(context);
    if (before !== undefined) return before.value;
    const value = compute(context);
    known.set(context, { value });
    return value;
  };
}
