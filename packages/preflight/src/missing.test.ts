import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { preflight } from './run.ts';

const settings = {
  target: '2.14',
  clusterDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  systemNamespace: 'kong-mesh-system',
  defaults: 'keep',
} as const;

const namespace = `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {istio-injection: enabled}}
`;

const without = (group: string, kind: string): string => `---
apiVersion: isthmus/v1
kind: ClusterSnapshot
metadata: {name: east}
spec:
  unread:
  - {group: "${group}", kind: ${kind}, verb: list, reason: The API server forbids it.}
`;

function results(text: string) {
  const estate = takeIn([readManifest('east.yaml', new TextEncoder().encode(text))]);
  return new Map(preflight(estate, settings).map((result) => [result.check.id, result]));
}

describe('a kind that could not be read', () => {
  test('makes checks that look at it skipped with the reason, not passed', () => {
    expect(results(namespace).get('duplicate-in-namespace')?.state).toBe('passed');
    expect(results(namespace + without('', 'Namespace')).get('duplicate-in-namespace')).toMatchObject({
      state: 'skipped',
      reason: 'Namespace of the cluster east could not be read: The API server forbids it.',
    });
  });

  test('leaves checks alone that do not look at it', () => {
    expect(results(namespace + without('apps', 'Deployment')).get('duplicate-in-namespace')?.state).toBe('passed');
  });

  test('takes nothing from a check that found something', () => {
    const both = namespace.replace('enabled}', 'enabled, kuma.io/sidecar-injection: enabled}');
    expect(results(both + without('', 'Namespace')).get('duplicate-in-namespace')?.state).toBe('failed');
  });

  test('passes no check when it is every kind', () => {
    const nothing = `${namespace}${without('', '"*"')}${without('networking.istio.io', '"*"')}${without('kuma.io', '"*"')}`;
    const passed = [...results(nothing).values()].filter(({ state }) => state === 'passed');
    expect(passed.map(({ check }) => check.id)).toEqual([]);
  });
});
