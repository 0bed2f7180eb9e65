import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings, translate } from '@isthmus/translation';
import { expect, test } from 'vitest';
import { emittedToClusters } from './comparison.ts';

const service = `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: air}
spec: {selector: {app: seats}, ports: [{name: http, port: 80}]}
`;
const read = (cluster: string) => readManifest(`cluster=${cluster}/a.yaml`, new TextEncoder().encode(service));

test.each([
  ['2.14', true],
  ['3.0', false],
] as const)('what is of all zones of %s is looked for in clusters: %s', (target, isThere) => {
  const translation = translate(takeIn([read('east'), read('west')]), { ...defaultSettings, target });
  const kinds = emittedToClusters(translation).map(({ object }) => object.kind);
  expect(kinds.includes('MeshMultiZoneService')).toBe(isThere);
  expect(kinds).toContain('MeshTimeout');
  expect(kinds).not.toContain('MeshZoneAddress');
  const [first] = emittedToClusters(translation);
  expect(translation.emitted[first?.index ?? -1]?.object).toBe(first?.object);
});
