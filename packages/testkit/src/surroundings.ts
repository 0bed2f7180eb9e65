import type { JsonObject } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { type Manifest, manifest } from './manifest.ts';

/** What generated resources refer to; defaults make them refer to each other often. */
export interface Surroundings {
  readonly namespaces?: readonly string[];
  /** Short or full names of services. */
  readonly hosts?: readonly string[];
  readonly subsets?: readonly string[];
  readonly ports?: readonly number[];
}

export const defaults = {
  namespaces: ['sales', 'passenger', 'operations'],
  hosts: ['flights', 'seats', 'bookings', 'loyalty.passenger.svc.cluster.local', 'rosters.operations'],
  subsets: ['v1', 'v2'],
  ports: [80, 8080, 9090],
} as const satisfies Required<Surroundings>;

export const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
export const seconds = fc.integer({ min: 1, max: 60 }).map((amount) => `${amount}s`);
export const percent = fc.integer({ min: 0, max: 100 });
export const headerName = fc.constantFrom('x-a', 'x-b', 'x-market', 'X-Channel', 'end-user', 'host');
export const workload = fc.constantFrom('flights', 'seats', 'bookings', 'web', 'reports');

/** A map that holds each of the fields or not; those named in `always` are there every time. */
export function some<T extends Record<string, fc.Arbitrary<unknown>>>(model: T, ...always: (keyof T & string)[]) {
  return fc.record(model, {
    requiredKeys: always,
    noNullPrototype: true,
  }) as fc.Arbitrary<unknown> as fc.Arbitrary<JsonObject>;
}

export const list = <T>(item: fc.Arbitrary<T>, maxLength = 3): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength: 1, maxLength });

export const labels = workload.map((app) => ({ app }));
export const selector = labels.map((matchLabels) => ({ matchLabels }));
export const exportTo = fc.constantFrom(['.'], ['*'], ['sales', 'passenger']);

function metadata({ namespaces = defaults.namespaces }: Surroundings) {
  return fc.record({ name, namespace: fc.constantFrom(...namespaces) }, { noNullPrototype: true });
}

export function resource(
  apiVersion: string,
  kind: string,
  surroundings: Surroundings,
  spec: fc.Arbitrary<JsonObject>,
): fc.Arbitrary<Manifest> {
  return fc.tuple(metadata(surroundings), spec).map(([meta, body]) => manifest(apiVersion, kind, meta, body));
}
