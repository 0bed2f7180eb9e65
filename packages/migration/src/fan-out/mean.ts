import type { Load } from './formulas.ts';

/** The mean of some numbers, each with its weight; 0 of nothing. */
export function meanOf<Key extends string>(
  all: readonly (readonly [Readonly<Record<Key, number>>, number])[],
  keys: readonly Key[],
): Record<Key, number> {
  const weight = all.reduce((sum, [, own]) => sum + own, 0);
  const result = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
  if (weight === 0) return result;
  for (const [numbers, own] of all) for (const key of keys) result[key] += (numbers[key] * own) / weight;
  return result;
}

export const istioKeys = [
  'clusters',
  'subsets',
  'httpPorts',
  'hosts',
  'extraRoutes',
  'tcpListeners',
  'sniffed',
  'assignments',
  'endpoints',
  'inbound',
] as const;

export const kongKeys = ['destinations', 'http', 'extraRoutes', 'endpoints', 'inbound'] as const;

/** A load in whole numbers, as it is shown. */
export const rounded = (load: Load): Load => ({
  listeners: Math.round(load.listeners),
  clusters: Math.round(load.clusters),
  routes: Math.round(load.routes),
  endpoints: Math.round(load.endpoints),
  bytes: Math.round(load.bytes),
});
