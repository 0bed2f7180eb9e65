import type { Destination as Target, WeightedDestination } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import { type Backend, resolveBackend } from './backend-ref.ts';
import type { Destination, DestinationPort } from './destination.ts';
import type { Mesh } from './mesh.ts';
import type { Policy } from './policy.ts';
import { serverEffectsOf } from './server-effects.ts';

/** A destination as decisions name it. */
export const targetOf = ({ namespace, name }: Destination, { port, endpoints }: DestinationPort): Target => ({
  host: `${name}.${namespace}`,
  port,
  endpoints,
});

/** What the `backendRefs` of a rule come to. */
export type Split =
  /** None is listed, or none that counts. */
  | { readonly kind: 'destination' }
  /** All that is listed is left out. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'backends';
      readonly backends: readonly (Backend & { readonly kind: 'backend' })[];
      /** Weight of what does not exist, where it keeps its share. */
      readonly lost: number;
    };

/**
 * Resolves the backends of a rule (routing.md 2.3 and 2.4).
 *
 * @param counts whether labels that nothing has count as a backend that does not exist, instead of as none.
 */
export function splitOf(
  refs: readonly JsonObject[],
  policy: Policy,
  { catalog, options: { version } }: Mesh,
  allows: (protocol: string) => boolean,
  counts: boolean,
): Split {
  const found = refs.map((ref) => resolveBackend(ref, policy, catalog, version, allows));
  const listed = counts ? found : found.filter(({ kind }) => kind !== 'unresolved');
  if (listed.length === 0) return { kind: 'destination' };
  const backends = listed.filter((backend) => backend.kind === 'backend');
  if (backends.length === 0) return { kind: 'empty' };
  const lost = listed.reduce((sum, { kind, weight }) => (kind === 'backend' ? sum : sum + weight), 0);
  return { kind: 'backends', backends, lost: counts ? lost : 0 };
}

/** The destination itself, as the split of a route without backends. */
export const ownSplit = (destination: Destination, port: DestinationPort): Split & { readonly kind: 'backends' } => ({
  kind: 'backends',
  backends: [{ kind: 'backend', destination, port, weight: 100, byNumber: false }],
  lost: 0,
});

/** The destinations of a split with their weights; what is lost goes to nobody, with the status given. */
export function weightedOf(
  mesh: Mesh,
  split: Split & { readonly kind: 'backends' },
  lostStatus: number,
): WeightedDestination[] {
  // An external service gets its own address as the authority (auto_host_rewrite).
  const weighted = split.backends.map(({ destination, port, weight }): WeightedDestination => {
    const server = serverEffectsOf(mesh, destination, port);
    return {
      destination: targetOf(destination, port),
      weight,
      ...(destination.address === undefined ? {} : { authority: destination.address }),
      ...(server === undefined ? {} : { server }),
    };
  });
  if (split.lost === 0) return weighted;
  const endpoints = { kind: 'none', reason: 'a backend does not exist', status: lostStatus } as const;
  return [...weighted, { destination: { host: '', port: 0, endpoints }, weight: split.lost }];
}
