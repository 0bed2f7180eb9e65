import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { dnsOverlap } from './dns-overlap.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(dnsOverlap)).toEqual([]);
});

const generator = (template: string): string =>
  `---\napiVersion: kuma.io/v1alpha1\nkind: HostnameGenerator\nmetadata: {name: g, namespace: kong-mesh-system}\nspec: {template: ${JSON.stringify(template)}}\n`;
const service =
  'apiVersion: v1\nkind: Service\nmetadata: {name: seats, namespace: sales}\nspec: {selector: {app: seats}, ports: [{port: 80}]}\n';

test('a name that is written out is in the way only of a Service of that name', () => {
  expect(foundIn(dnsOverlap, service + generator('seats.sales.svc.cluster.local'))).toHaveLength(1);
  expect(foundIn(dnsOverlap, service + generator('mainframe.sales.svc.cluster.local'))).toEqual([]);
  expect(foundIn(dnsOverlap, service + generator('api.bank.example'))).toEqual([]);
});
