import { expect, test } from 'vitest';
import { compareIdentity, effectiveNamespace, identityKey } from './identity.ts';

const service = { group: '', kind: 'Service', namespace: '', name: 'reviews' };

test('no namespace is the namespace default', () => {
  expect(identityKey(service)).toBe(identityKey({ ...service, namespace: 'default' }));
  expect(identityKey(service)).not.toBe(identityKey({ ...service, namespace: 'bookinfo' }));
});

test('a namespace on a cluster-scoped kind means nothing', () => {
  expect(effectiveNamespace({ group: '', kind: 'Namespace', namespace: 'x', name: 'y' })).toBe('');
  expect(effectiveNamespace({ group: 'example.com', kind: 'Namespace', namespace: 'x', name: 'y' })).toBe('x');
});

test('order is by group, kind, namespace, name', () => {
  const b = { group: 'networking.istio.io', kind: 'Gateway', namespace: 'a', name: 'b' };
  const objects = [b, { ...b, name: 'a' }, { ...service, namespace: 'x' }, service];
  expect(objects.toSorted(compareIdentity)).toEqual([service, { ...service, namespace: 'x' }, { ...b, name: 'a' }, b]);
});
