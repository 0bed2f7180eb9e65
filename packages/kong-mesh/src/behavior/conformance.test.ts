import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseJson } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { kumaResilience, kumaResilienceWider } from '../../../../conformance/kuma-resilience.ts';
import { kumaRouting, kumaRoutingWider } from '../../../../conformance/kuma-routing.ts';

test.each([
  { suite: kumaRouting, count: 3600 },
  { suite: kumaResilience, count: 2405 },
  { suite: kumaRoutingWider, count: 1147 },
  { suite: kumaResilienceWider, count: 1485 },
])('$suite.file: every recorded decision of Kuma 2.14 is reproduced', ({ suite: { file, compare }, count }) => {
  const compressed = readFileSync(new URL(`../../../../conformance/${file}.jsonl.gz`, import.meta.url));
  const lines = gunzipSync(compressed).toString('utf8').trim().split('\n');
  const comparisons = lines.flatMap((line) => [...compare(parseJson(line))]);
  expect(comparisons).toHaveLength(count);
  expect(comparisons.filter(({ agrees }) => !agrees)).toEqual([]);
});
