import { readFileSync } from 'node:fs';
import { isMap, type JsonObject, parseYaml, stringifyJson } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { checkAdmission } from '../admission/check.ts';
import { targetVersions } from '../version.ts';
import { defaultPolicies, skippedPolicies } from './default-policies.ts';

const nameOf = (object: JsonObject): string => String((object.metadata as JsonObject).name);
const sorted = (objects: readonly JsonObject[]): string[] =>
  objects.map((object) => stringifyJson(object, { sortKeys: true })).sort();

test('2.14: the policies are those that its control plane was seen to create', () => {
  const file = new URL('../../../../conformance/kuma-defaults-2.14.yaml', import.meta.url);
  const recorded = parseYaml(readFileSync(file, 'utf8')).flatMap(({ value }) => (isMap(value) ? [value] : []));
  expect(recorded).toHaveLength(4);
  expect(sorted(defaultPolicies('2.14', 'vec', 'kuma-system'))).toEqual(sorted(recorded));
});

test.each(targetVersions)('%s: every policy passes the admission of the version', (version) => {
  for (const policy of defaultPolicies(version, 'default', 'kong-mesh-system'))
    expect(checkAdmission(policy, version)).toMatchObject({ accepted: true });
});

test('3.0 splits the timeouts in two, because one policy may not have both sides', () => {
  expect(defaultPolicies('3.0', 'm', 's').map(nameOf)).toEqual([
    'mesh-circuit-breaker-all-m',
    'mesh-retry-all-m',
    'mesh-timeout-all-m',
    'mesh-timeout-to-all-m',
  ]);
});

describe('a mesh that keeps policies from being created', () => {
  const mesh = (skipCreatingInitialPolicies?: string[]): JsonObject => ({
    apiVersion: 'kuma.io/v1alpha1',
    kind: 'Mesh',
    metadata: { name: 'm' },
    spec: skipCreatingInitialPolicies === undefined ? {} : { skipCreatingInitialPolicies },
  });

  test('all of them', () => {
    expect(defaultPolicies('2.14', 'm', 's', skippedPolicies(mesh(['*'])))).toEqual([]);
  });

  test('those of some kinds', () => {
    const left = defaultPolicies('2.14', 'm', 's', skippedPolicies(mesh(['MeshTimeout', 'MeshRetry'])));
    expect(left.map(nameOf)).toEqual(['mesh-circuit-breaker-all-m']);
  });

  test('none', () => {
    expect(skippedPolicies(mesh())).toEqual([]);
    expect(skippedPolicies({ kind: 'Mesh' })).toEqual([]);
  });
});
