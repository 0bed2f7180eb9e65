import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const patch = (text: string): string => `{default: {appendModifications: [${text}]}}`;
const at = 'spec.default.appendModifications[0]';
const filter = 'value: "name: a"';

test.each([
  ['{cluster: {operation: Patch, value: "connectTimeout: 5s"}}', 'accepted'],
  ['{cluster: {operation: Patch, value: "connectTimeout: ["}}', `${at}.cluster.value`],
  ['{cluster: {operation: Patch, value: text}}', `${at}.cluster.value`],
  ['{cluster: {operation: Patch, value: ""}}', 'accepted'],
  ['{cluster: {operation: Patch}}', `${at}.cluster`],
  ['{cluster: {operation: Patch, value: "a: b", jsonPatches: [{op: remove, path: /a}]}}', `${at}.cluster`],
  ['{cluster: {operation: Add, match: {}, value: ""}}', `${at}.cluster.match ${at}.cluster.value`],
  ['{cluster: {operation: Add}}', `${at}.cluster.value`],
  ['{cluster: {operation: Remove, value: a}}', `${at}.cluster.value`],
  ['{cluster: {operation: AddFirst}}', `${at}.cluster.operation`],
  ['{virtualHost: {operation: Patch, value: "a: b"}}', `${at}.virtualHost.match`],
  [
    '{virtualHost: {operation: Add, match: {name: a}, value: ""}}',
    `${at}.virtualHost.match.name ${at}.virtualHost.value`,
  ],
  [`{httpFilter: {operation: AddBefore, ${filter}}}`, `${at}.httpFilter.match.name`],
  [`{httpFilter: {operation: AddFirst, ${filter}}}`, 'accepted'],
  [`{networkFilter: {operation: Patch, ${filter}}}`, `${at}.networkFilter.match.name`],
  [`{networkFilter: {operation: Patch, match: {name: a}, ${filter}}}`, 'accepted'],
  ['{}', at],
  ['null', at],
  ['{cluster: {operation: Remove}, listener: {operation: Remove}}', at],
])('%s: %s', (text, path) => expect(refusals('MeshProxyPatch', patch(text))).toBe(path));

const json = (text: string): string => patch(`{listener: {operation: Patch, jsonPatches: [${text}]}}`);
const op = `${at}.listener.jsonPatches[0]`;

test.each([
  ['{op: replace, path: /a, value: 1}', 'accepted'],
  ['{op: add, path: /a}', `${op}.value`],
  ['{op: remove, path: /a, value: 1}', `${op}.value`],
  ['{op: remove, path: ""}', `${op}.path`],
  ['{op: move, path: /a}', `${op}.from`],
  ['{op: add, path: /a, value: 1, from: /b}', `${op}.from`],
  ['{op: test, path: /a}', `${op}.op`],
  ['{op: add, value: 1}', `${op}.path`],
])('a JSON patch %s: %s', (text, path) => expect(refusals('MeshProxyPatch', json(text))).toBe(path));

test('it must change something', () => {
  expect(refusals('MeshProxyPatch', '{}')).toBe('spec.default.appendModifications');
  expect(
    refusals('MeshProxyPatch', '{targetRef: {kind: MeshHTTPRoute, name: a}, default: {appendModifications: []}}'),
  ).toBe('spec.targetRef.kind spec.default.appendModifications');
});
