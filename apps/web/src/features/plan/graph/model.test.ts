import type { Call } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { graphOf, groupingOf, mostLines, mostNodes, neighboursOf, nodeBeside, sideOf, sideOfCalls } from './model.ts';

const call = (from: string, to: string): Call => ({ from, to, confidence: 1, counts: true, evidence: [], total: 0 });
const services = ['a/x', 'a/y', 'b/z', 'c/w'];
const calls = [call('a/x', 'a/y'), call('a/x', 'b/z'), call('a/y', 'b/z'), call('b/z', 'c/w'), call('a/x', 'a/x')];
const waveOf = new Map([
  ['c/w', 1],
  ['b/z', 2],
  ['a/x', 3],
]);
const common = { services, calls, waveOf };
const drawn = (graph: ReturnType<typeof graphOf>) => ({
  nodes: graph.nodes.map(({ id }) => id),
  edges: graph.edges.map(({ id, calls: of }) => `${id} ${of.length}`),
});

test('few services are drawn one by one', () =>
  expect(drawn(graphOf({ ...common, grouping: 'none', open: undefined }))).toEqual({
    nodes: services,
    edges: ['a/x → a/y 1', 'a/x → b/z 1', 'a/y → b/z 1', 'b/z → c/w 1'],
  }));

test('groups hold their own calls, and an open one shows its services beside the groups that these call', () => {
  expect(drawn(graphOf({ ...common, grouping: 'namespace', open: undefined }))).toEqual({
    nodes: ['group:a', 'group:b', 'group:c'],
    edges: ['group:a → group:b 2', 'group:b → group:c 1'],
  });
  expect(drawn(graphOf({ ...common, grouping: 'namespace', open: 'a' }))).toEqual({
    nodes: ['a/x', 'a/y', 'group:b'],
    edges: ['a/x → a/y 1', 'a/x → group:b 1', 'a/y → group:b 1'],
  });
  expect(drawn(graphOf({ ...common, grouping: 'wave', open: undefined })).nodes).toEqual([
    'group:wave 3',
    'group:stays in Istio',
    'group:wave 2',
    'group:wave 1',
  ]);
});

test('above the limit services are grouped, and of a group beyond it the busiest are drawn', () => {
  const many = Array.from({ length: mostNodes + 10 }, (_, index) => `n/s${index}`);
  expect(groupingOf(many.length, undefined)).toBe('namespace');
  expect(groupingOf(many.length, 'wave')).toBe('wave');
  expect(groupingOf(3, undefined)).toBe('none');
  const graph = graphOf({
    services: many,
    calls: [call('n/s209', 'n/s208')],
    waveOf,
    grouping: 'namespace',
    open: 'n',
  });
  expect(graph.nodes).toHaveLength(mostNodes);
  expect(graph.omitted).toBe(10);
  expect(graph.edges).toHaveLength(1);
});

test('of more lines than an eye follows those with the most calls are drawn', () => {
  const many = Array.from({ length: 30 }, (_, index) => `n${index}/a`);
  const all = many.flatMap((from) => many.map((to) => call(from, to)));
  const twice = call('n29/a', 'n28/a');
  const graph = graphOf({ services: many, calls: [...all, twice], waveOf, grouping: 'none', open: undefined });
  expect(graph.edges).toHaveLength(mostLines);
  expect(graph.thinned).toBe(30 * 29 - mostLines);
  expect(graph.edges[0]).toMatchObject({ id: 'n29/a → n28/a' });
});

test('boxes and calls are on a side once a wave has moved', () => {
  expect(sideOf(['a/x', 'b/z'], waveOf, 2)).toEqual({ side: 'mixed', moved: 1 });
  expect(sideOf(['a/y'], waveOf, 9)).toEqual({ side: 'source', moved: 0 });
  expect(sideOfCalls([call('b/z', 'c/w')], waveOf, 1)).toBe('mixed');
  expect(sideOfCalls([call('b/z', 'c/w')], waveOf, 2)).toBe('target');
  expect(sideOfCalls([call('b/z', 'c/w')], waveOf, 0)).toBe('source');
});

test('neighbours are callers and callees', () => {
  const { edges } = graphOf({ ...common, grouping: 'none', open: undefined });
  expect([...neighboursOf(edges, 'b/z')]).toEqual(['a/x', 'a/y', 'c/w']);
});

test('arrows lead to the nearest box in their direction', () => {
  const at = (id: string, x: number, y: number) => ({ id, x, y, width: 10, height: 10 });
  const nodes = [at('a', 0, 0), at('b', 100, 5), at('c', 100, 90), at('d', 0, 80)];
  expect(nodeBeside(nodes, 'a', 'ArrowRight')).toBe('b');
  expect(nodeBeside(nodes, 'b', 'ArrowDown')).toBe('c');
  expect(nodeBeside(nodes, 'c', 'ArrowLeft')).toBe('d');
  expect(nodeBeside(nodes, 'a', 'ArrowUp')).toBeUndefined();
  expect(nodeBeside(nodes, undefined, 'ArrowUp')).toBe('a');
  expect(nodeBeside([], undefined, 'ArrowUp')).toBeUndefined();
});

test('what lies more above than to the right is not what the key to the right leads to, unless nothing else does', () => {
  const at = (id: string, x: number, y: number) => ({ id, x, y, width: 0, height: 0 });
  const [here, above, ahead] = [at('here', 0, 62), at('above', 46, 0), at('ahead', 209, 210)];
  expect(nodeBeside([here, above, ahead], 'here', 'ArrowRight')).toBe('ahead');
  expect(nodeBeside([here, above], 'here', 'ArrowRight')).toBe('above');
});
