import type { LinkedRule, Simulation, Workbench } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { beginningOf, ruleFinder, triedRules } from './rules.ts';
import { joinDocuments } from './source-text.ts';

const route = `spec:
  http:
    - name: crew
      match:
        - uri:
            prefix: /v2
        - {uri: {exact: /}}
      route: []
    - match: [{uri: {prefix: /v3}}]
      route: []
`;

test.each([
  ['an item of a list', 6, 'spec.http[0].match[0]', 5],
  ['an item in one line', 7, 'spec.http[0].match[1]', 7],
  ['an item whose first leaf is in its first line', 3, 'spec.http[0]', 3],
  ['a list', 6, 'spec.http[0].match', 4],
  ['a list in one line', 9, 'spec.http[1].match[0]', 9],
  ['the item around a list in one line', 9, 'spec.http[1]', 9],
  ['a path that is not there', 6, 'spec.tls[0]', 6],
  ['a path that is none', 6, '', 6],
])('%s begins where a person would say', (_, leaf, path, expected) => {
  expect(beginningOf(route.split('\n'), leaf, path)).toBe(expected);
});

const istio = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace: 'sales', name: 'seats' };
const kong = { apiVersion: 'kuma.io/v1alpha1', kind: 'MeshHTTPRoute', namespace: 'sales', name: 'seats' };
const span = (line: number) => ({ line, column: 1, endLine: line, endColumn: 9, keyColumn: 1 });
const workbench: Workbench = {
  title: 'sales/seats',
  before: [{ index: 7, resource: istio, file: 'a.yaml', line: 1, text: route, rewritten: false, overrides: [] }],
  after: [
    {
      index: 0,
      resource: kong,
      role: 'resource',
      file: 'b.yaml',
      text: `spec:
  to:
    - rules:
        - matches:
            - path:
                type: PathPrefix
          default: {}
        - matches: []
`,
    },
  ],
  fields: [
    { document: 0, path: 'spec.http[0].match[0].uri.prefix', span: span(6), outcome: 'exact', targets: [] },
    { document: 0, path: 'spec.http[10].match[0].uri.prefix', span: span(1), outcome: 'exact', targets: [] },
  ],
  findings: [],
  elsewhere: [],
  omittedElsewhere: 0,
  omittedFindings: 0,
  codes: [],
  outcomes: { exact: 2, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 },
  omitted: 0,
};
const find = ruleFinder(workbench, joinDocuments(workbench.before));
const before: LinkedRule = { ...istio, path: 'spec.http[0].match[0]', resource: 7 };
const after: LinkedRule = { ...kong, path: 'spec.to[0].rules[0]', line: 6 };

test('rules are found in both panes, from their first line to their last', () => {
  expect(find(before)).toEqual({ side: 'before', line: 6, endLine: 7 });
  expect(find(after)).toEqual({ side: 'after', document: 0, line: 4, endLine: 7 });
});

test.each<[string, LinkedRule]>([
  ['of a resource that is not shown', { ...before, resource: 8 }],
  ['without a field that is known', { ...before, path: 'spec.http[1]' }],
  ['of a policy that is not shown', { ...after, name: 'other' }],
  ['of the mesh itself', { ...kong, path: 'spec.to[0].rules[0]' }],
])('a rule %s has no place', (_, rule) => {
  expect(find(rule)).toBeUndefined();
});

test('each step has the number that the list gives it; what has no place is left out', () => {
  const side = { reads: true, decision: '', kind: 'forward', seen: [], settings: [] };
  const step = { takes: 'path', does: 'goes on' };
  const simulation: Simulation = {
    ports: [80],
    port: 80,
    authority: 'seats.sales',
    before: {
      ...side,
      steps: [
        { ...step, missed: 'no' },
        { ...step, rule: before },
      ],
    },
    after: { ...side, steps: [{ ...step, missed: 'no', rule: after }, step] },
    differences: [],
    undecided: [],
  };
  expect(triedRules(simulation, find).map(({ place, ...rest }) => [place.side, rest])).toEqual([
    ['before', { number: 2, decides: true }],
    ['after', { number: 1, decides: false }],
  ]);
  expect(triedRules(undefined, find)).toEqual([]);
});
