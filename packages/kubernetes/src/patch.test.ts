import { expect, test } from 'vitest';
import { applyPatch } from './patch.ts';

test('ports merge by number, maps by key, and a null takes a key away', () => {
  const service = {
    metadata: { name: 'seats', labels: { a: '1', b: '2' } },
    spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80, targetPort: 8080 }, { port: 81 }] },
  };
  const patch = {
    metadata: { name: 'seats', labels: { a: null, c: '3' } },
    spec: { ports: [{ port: 80, appProtocol: 'http' }, { port: 82 }] },
  };
  const before = structuredClone(service);
  expect(applyPatch(service, patch)).toEqual({
    metadata: { name: 'seats', labels: { b: '2', c: '3' } },
    spec: {
      type: 'ClusterIP',
      ports: [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }, { port: 81 }, { port: 82 }],
    },
  });
  expect(service).toEqual(before);
});

test('other lists are replaced', () => {
  expect(applyPatch({ spec: { hosts: ['a'] } }, { spec: { hosts: ['b'] } })).toEqual({ spec: { hosts: ['b'] } });
});
