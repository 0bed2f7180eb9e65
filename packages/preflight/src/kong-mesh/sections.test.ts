import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { sections } from './sections.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sections)).toEqual([]);
});

const pod = (ports: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: sales, labels: {app: seats}}\nspec: {containers: [{name: a, ports: ${ports}}]}\n`;
const policy = (section: string): string =>
  `apiVersion: kuma.io/v1alpha1\nkind: MeshTLS\nmetadata: {name: t, namespace: sales}\nspec: {targetRef: {kind: Dataplane, labels: {app: seats}, sectionName: ${JSON.stringify(section)}}, rules: [{default: {mode: Strict}}]}\n`;
const found = (ports: string, section: string): number =>
  foundIn(sections, pod(ports), { planned: policy(section) }).length;

test('a number is a section where the port has no name, declared or not', () => {
  expect(found('[{containerPort: 8080}]', '8080')).toBe(0);
  expect(found('[]', '8080')).toBe(0);
  expect(found('[{name: web, containerPort: 8080}]', '8080')).toBe(1);
  expect(found('[{name: web, containerPort: 8080}]', 'http')).toBe(1);
});
