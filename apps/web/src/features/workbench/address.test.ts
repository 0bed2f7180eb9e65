import type { Workbench } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { documentKeys, findingKeys, readSubject, readView, writePlace } from './address.ts';
import { joinDocuments } from './source-text.ts';

const named = (kind: string, name: string) => ({ resource: { apiVersion: 'v1', kind, namespace: 'sales', name } });
const before = (name: string) => ({
  ...named('VirtualService', name),
  index: 0,
  file: 'a.yaml',
  line: 1,
  rewritten: false,
  text: 'a: 1\nb: 2\n',
  overrides: [],
});
const after = { ...named('MeshTimeout', 'odd:name:1:2'), index: 0, role: 'draft' as const, file: '', text: 'a: 1\n' };
const workbench: Workbench = {
  title: '',
  before: [before('seats'), before('seats')],
  after: [after],
  fields: [],
  findings: [{ diagnostic: { code: 'A', severity: 'info', message: '', help: '' } }],
  elsewhere: [],
  omittedElsewhere: 0,
  omittedFindings: 0,
  codes: [],
  outcomes: { exact: 0, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 },
  omitted: 0,
};
const source = joinDocuments(workbench.before);

test('one subject is chosen, and nonsense chooses none', () => {
  expect(readSubject({ service: 'a/b', namespace: 'a' })).toEqual({ service: 'a/b' });
  for (const resource of ['7', 'VirtualService/sales/seats', 'MeshConfig//istio', 'Gateway/a/b@cluster=c/d.yaml:1'])
    expect(readSubject({ resource })).toEqual({ resource });
  for (const resource of ['-1', 'x', 'a/b', '/a/b', '']) expect(readSubject({ resource })).toBeUndefined();
  expect(readSubject({})).toBeUndefined();
});

test('documents of one name are told apart', () => {
  expect(documentKeys(workbench.before)).toEqual(['VirtualService/sales/seats', 'VirtualService/sales/seats#2']);
});

test('findings are named by what they are about, so that their place in the list does not matter', () => {
  const finding = { severity: 'info' as const, message: '', help: '' };
  const findings = [
    { diagnostic: { ...finding, code: 'A', path: 'spec.http[0]' }, document: 1 },
    { diagnostic: { ...finding, code: 'A', path: 'spec.http[0]' }, document: 1 },
    { diagnostic: { ...finding, code: 'B' } },
  ];
  const keys = findingKeys({ before: workbench.before, findings });
  expect(keys).toEqual([
    'A:VirtualService/sales/seats#2:spec.http[0]',
    'A:VirtualService/sales/seats#2:spec.http[0]#2',
    'B',
  ]);
  const changed = { ...workbench, findings: findings.toReversed() };
  expect(readView({ finding: keys[1] ?? '' }, changed, source).finding).toBe(2);
});

test('a place comes back from its address, whatever names hold', () => {
  const places = [
    { side: 'before' as const, line: 5, column: 3 },
    { side: 'after' as const, document: 0, line: 1, column: 2 },
  ];
  const written = places.map((place) => writePlace(place, workbench, source));
  expect(written).toEqual(['before:VirtualService/sales/seats#2:1:3', 'after:MeshTimeout/sales/odd:name:1:2:1:2']);
  expect(written.map((at) => readView({ at }, workbench, source).place)).toEqual(places);
});

test('places of a document that is gone are left out, lines beyond the end stay within it', () => {
  expect(readView({ at: 'before:VirtualService/sales/gone:1:1' }, workbench, source).place).toBeUndefined();
  expect(readView({ at: 'before:VirtualService/sales/seats:99:1' }, workbench, source).place?.line).toBe(3);
});

test('a link may name a field only, or what stands above it', () => {
  const field = (path: string, line: number) => ({
    document: 1,
    path,
    span: { line, column: 4, endLine: line, endColumn: 5, keyColumn: 1 },
    outcome: 'exact' as const,
    targets: [],
  });
  const linked = { ...workbench, fields: [field('spec.ab', 1), field('spec.a[0].b', 2)] };
  const at = (path: string) => readView({ field: path }, linked, source).place;
  expect(at('spec.a')).toEqual({ side: 'before', line: 6, column: 1 });
  expect(at('spec.ab')?.line).toBe(5);
  expect(at('spec.x')).toBeUndefined();
});

test('filters, tab, finding and lists are read, and nonsense is the default', () => {
  const view = readView(
    { show: 'exact,inert', tab: 'MeshTimeout/sales/odd:name:1:2', finding: 'A', list: 'unmatched', scroll: 'apart' },
    workbench,
    source,
  );
  expect(view).toMatchObject({ tab: 0, finding: 0, list: 'unmatched', isScrollingTogether: false });
  expect([...(view.shown ?? [])]).toEqual(['exact', 'inert']);
  expect(readView({ show: 'x', tab: 'x', finding: 'A#2', list: 'x' }, workbench, source)).toEqual({
    list: 'findings',
    dock: 30,
    isAcceptedShown: false,
    top: 'before',
    isScrollingTogether: true,
  });
});

test.each([
  [undefined, undefined, 30],
  [undefined, 'simulator', 46],
  ['55', 'simulator', 55],
  ['5', undefined, 15],
  ['99', undefined, 80],
  ['half', undefined, 30],
  ['closed', 'simulator', 0],
])('the dock %s under the list %s takes %s percent', (dock, list, expected) => {
  expect(readView({ dock, list }, workbench, source).dock).toBe(expected);
});
