import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { takeIn } from '../take-in.ts';
import { discovery } from './discovery.ts';

const discovers = (selectors: string, namespace: string): boolean | undefined => {
  const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    ${selectors}\n`;
  const namespaces = `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: sales}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: batch}\n`;
  const estate = takeIn([readManifest('mesh.yaml', new TextEncoder().encode(config + namespaces))]);
  return discovery(estate, 'istio-system')?.(namespace);
};

test.each([
  ['discoverySelectors: []', 'batch', undefined],
  ['accessLogFile: /dev/stdout', 'batch', undefined],
  ['discoverySelectors: [{matchLabels: {team: sales}}]', 'shop', true],
  ['discoverySelectors: [{matchLabels: {team: sales}}]', 'batch', false],
  [
    'discoverySelectors: [{matchLabels: {team: crew}}, {matchExpressions: [{key: team, operator: Exists}]}]',
    'shop',
    true,
  ],
  ['discoverySelectors: [{matchExpressions: [{key: team, operator: NotIn, values: [sales]}]}]', 'shop', false],
  ['discoverySelectors: [{matchExpressions: [{key: team, operator: NotIn, values: [sales]}]}]', 'batch', true],
  ['discoverySelectors: [{matchLabels: {kubernetes.io/metadata.name: batch}}]', 'batch', true],
  ['discoverySelectors: [{matchLabels: {team: sales}}]', 'not-in-the-import', true],
])('%s: %s %s', (selectors, namespace, expected) => expect(discovers(selectors, namespace)).toBe(expected));
