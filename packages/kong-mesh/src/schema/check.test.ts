import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { JsonObject } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { targetVersions } from '../version.ts';
import { checkSchema, kindsOf } from './check.ts';

interface Recorded {
  readonly resource: JsonObject;
  readonly accepted: boolean;
  readonly by?: 'schema' | 'webhook';
  readonly message?: string;
}

const records = (version: string): Recorded[] =>
  gunzipSync(readFileSync(new URL(`../../../../conformance/kuma-admission-${version}.jsonl.gz`, import.meta.url)))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded);

// Kuma's defaulting webhook runs before the schema: it refuses what its Go types cannot hold, so that a refusal by a
// webhook says nothing about the schema, and it drops nulls and fills zero values in. Isthmus emits neither and refuses both.
const defaulted = new Set(['it must not be null', 'it is required']);

test.each(targetVersions)(
  '%s: what its API server refused by schema is refused, what it accepted is accepted',
  (version) => {
    const all = records(version);
    expect(all).toHaveLength(1200);
    const disagreements = all.flatMap(({ resource, accepted, by, message }) => {
      const found = checkSchema(resource, version);
      const agrees =
        by === 'webhook' || (accepted ? found.every((one) => defaulted.has(one.message)) : found.length > 0);
      return agrees ? [] : [{ resource: JSON.stringify(resource), by, message, found }];
    });
    expect(disagreements).toEqual([]);
  },
);

test('a kind that a version lacks is a violation', () => {
  expect(kindsOf('2.14')).toContain('kuma.io/v1alpha1/MeshHTTPRoute');
  expect(
    checkSchema({ apiVersion: 'kuma.io/v1alpha1', kind: 'MeshTelepathy', metadata: { name: 'a' } }, '2.14'),
  ).toEqual([{ path: 'kind', message: 'Kong Mesh 2.14 has no such kind' }]);
});
