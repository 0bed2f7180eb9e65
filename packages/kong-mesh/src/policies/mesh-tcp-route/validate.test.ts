import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const rules = (text: string): string => `{to: [{targetRef: {kind: MeshService, name: a}, rules: ${text}}]}`;

test.each([
  ['[{default: {backendRefs: [{kind: MeshService, name: b, port: 80}]}}]', 'accepted'],
  ['[]', 'accepted'],
  ['[{default: {}}]', 'spec.to[0].rules[0].default.backendRefs'],
  ['[{}]', 'spec.to[0].rules[0].default.backendRefs'],
  [
    '[{default: {backendRefs: [{kind: MeshMultiZoneService, labels: {a: b}}]}}]',
    'spec.to[0].rules[0].default.backendRefs[0].port',
  ],
  ['[{}, {}]', 'spec.to[0].rules'],
  ['null', 'spec.to[0].rules'],
])('rules %s: %s', (text, path) => expect(refusals('MeshTCPRoute', rules(text))).toBe(path));

test('the whole mesh is a destination only for a gateway', () => {
  const to = 'to: [{targetRef: {kind: Mesh}, rules: [{default: {backendRefs: [{kind: MeshService, name: b}]}}]}]';
  expect(refusals('MeshTCPRoute', `{${to}}`)).toBe('spec.to[0].targetRef.kind');
  const system = { namespace: 'kuma-system' };
  expect(refusals('MeshTCPRoute', `{targetRef: {kind: MeshGateway, name: g}, ${to}}`, system)).toBe('accepted');
});
