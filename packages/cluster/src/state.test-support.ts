import type { JsonObject } from '@isthmus/kubernetes';
import type { Written } from '@isthmus/testkit';
import { refOf } from './drift.ts';
import type { LiveState } from './live-cluster.ts';
import { liveShape } from './live-shape.ts';

const plurals: Readonly<Record<string, string>> = { EndpointSlice: 'endpointslices' };

/** A cluster that was read, with these objects as its API server sends them. */
export function stateOf(objects: readonly Written[], unread: readonly string[] = []): LiveState {
  const shaped = objects.map((object) => liveShape(object as JsonObject));
  const kinds = Map.groupBy(shaped, (object) => `${refOf(object).group}/${refOf(object).kind}`);
  return {
    state: 'watching',
    version: 'v1.35.4',
    kinds: [...kinds].map(([, own]) => {
      const { group, kind } = refOf(own[0] as JsonObject);
      const resource = plurals[kind] ?? `${kind.toLowerCase()}s`;
      return {
        kind: { group, kind, resource, version: 'v1', versions: ['v1'], isNamespaced: true },
        state: unread.includes(kind) ? 'failed' : 'read',
        read: own.length,
      };
    }),
    unread: [],
    objects: (group, kind) => (unread.includes(kind) ? [] : (kinds.get(`${group}/${kind}`) ?? [])),
    all: () => shaped,
  };
}
