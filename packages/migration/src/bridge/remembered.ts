import type { BridgeFacts } from './facts.ts';

const known = new WeakMap<BridgeFacts, Map<string, unknown>>();

/**
 * What was made of the same facts under the same key before; states of the bridge differ in few services, and what is the same
 * object need not be compared.
 */
export function remembered<T>(facts: BridgeFacts, key: string, make: () => T): T {
  const values = known.get(facts) ?? new Map<string, unknown>();
  known.set(facts, values);
  if (!values.has(key)) values.set(key, make());
  return values.get(key) as T;
}
