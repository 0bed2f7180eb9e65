import { estateOf, takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { factsOfEstate, shopWorkload } from '../bridge/facts.test-support.ts';
import { type BridgeFacts, type ClusterOfMesh, callsBetweenClusters } from '../index.ts';

const workload = (name: string, calls = ''): string =>
  shopWorkload(name, `, image: app, env: [{name: A, value: "http://${calls}.shop"}]`);
const secret = (cluster: string): string => `apiVersion: v1
kind: Secret
metadata: {name: istio-remote-secret-${cluster}, namespace: istio-system, labels: {istio/multiCluster: "true"}}
---
`;

function clustersOf(texts: Readonly<Record<string, string>>): { whole: BridgeFacts; clusters: ClusterOfMesh[] } {
  const files = Object.entries(texts).map(([cluster, text]) =>
    readManifest(`cluster=${cluster}/a.yaml`, new TextEncoder().encode(text)),
  );
  const estate = takeIn(files);
  return {
    whole: factsOfEstate(estate),
    clusters: Object.keys(texts).map((name) => ({ name, facts: factsOfEstate(estateOf(estate, name)) })),
  };
}

const between = (texts: Readonly<Record<string, string>>, service: string, complete = true): string[] => {
  const { whole, clusters } = clustersOf(texts);
  return callsBetweenClusters(whole, clusters, service, complete).map(({ text }) => text);
};

test('a call of which no cluster holds both ends crosses, and both services say so', () => {
  const texts = { east: workload('cart', 'pay'), west: workload('pay') };
  const text = 'shop/cart of east calls shop/pay of west, and no cluster holds both.';
  expect([between(texts, 'shop/cart'), between(texts, 'shop/pay')]).toEqual([[text], [text]]);
});

test('calls within each cluster stay there, as far as nothing joins the clusters', () => {
  const each = workload('cart', 'pay') + workload('pay');
  expect(between({ east: each, west: each }, 'shop/cart')).toEqual([]);
  // What is not in the import may join them.
  expect(between({ east: each, west: each }, 'shop/cart', false)).toEqual([
    'It stands in east and west, and proxies of each may call it in the others.',
    'shop/cart calls shop/pay, which stands in east and west.',
  ]);
});

test('a service of clusters that read each other is called across them', () => {
  const each = workload('cart', 'pay') + workload('pay');
  const texts = { east: each + secret('west'), west: each, north: each };
  expect(between(texts, 'shop/pay')).toEqual([
    'It stands in east and west, and proxies of each may call it in the others.',
  ]);
  expect(between(texts, 'shop/cart')).toContain('shop/cart calls shop/pay, which stands in east, west and north.');
  // One that calls nobody, and stands in one cluster.
  expect(between({ ...texts, north: each + workload('log') }, 'shop/log')).toEqual([]);
});
