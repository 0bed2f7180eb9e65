import { expect, test } from 'vitest';
import { readOverrides, writeOverrides } from './file.ts';
import type { Override } from './override.ts';

const subject = { apiVersion: 'kuma.io/v1alpha1', kind: 'MeshTimeout', namespace: 'air', name: 'flights' };
const overrides: Override[] = [
  {
    subject,
    change: 'edit',
    reason: 'slow: at night',
    by: 'ada',
    at: '2026-11-26T00:00:00Z',
    ground: { spec: { a: '1' } },
    patch: [{ op: 'replace', path: '/spec/a', value: '2' }],
  },
  {
    subject: { ...subject, name: 'seats', place: 'zone/east' },
    change: 'leave-out',
    reason: 'ours',
    ground: { spec: {} },
  },
  {
    subject: { ...subject, name: 'x', namespace: '' },
    change: 'add',
    reason: 'ours',
    acceptsWidening: 'yes',
    object: { kind: 'MeshTimeout' },
  },
];

test('what is written is read again', () => {
  expect(readOverrides(writeOverrides(overrides))).toEqual({ overrides, problems: [] });
  expect(readOverrides(writeOverrides([]))).toEqual({ overrides: [], problems: [] });
  expect(readOverrides('')).toEqual({ overrides: [], problems: [] });
});

test('broken YAML is said with line and column', () => {
  expect(readOverrides('overrides:\n  - {').problems).toMatchObject([{ line: 2 }]);
});

const good = writeOverrides(overrides.slice(0, 1));
test.each([
  ['a list at the root', '- a', 'a map with the list `overrides` was expected'],
  ['two documents', `${good}---\n${good}`, 'one YAML document was expected'],
  ['no reason', good.replace(/ {4}reason: .*\n/, ''), 'overrides[0]: `reason` must say why'],
  [
    'an unknown field',
    good.replace('change: edit', 'change: edit\n    who: me'),
    'overrides[0]: there is no field "who"',
  ],
  [
    'an unknown change',
    good.replace('change: edit', 'change: replace'),
    'overrides[0]: `change` must be `edit`, `leave-out` or `add`',
  ],
  [
    'a patch that moves',
    good.replace('op: replace', 'op: move'),
    'overrides[0]: `patch` must be a JSON Patch of `add`, `replace` and `remove`',
  ],
  [
    'a patch beside its ground',
    good.replace('/spec/a', '/spec/b/c'),
    'overrides[0]: `patch` does not fit `ground`: items of lists are replaced, or their list as a whole',
  ],
  [
    'a resource without a name',
    good.replace(/ {6}name: flights\n/, ''),
    'overrides[0]: `resource` must name apiVersion, kind and name',
  ],
  [
    'a place that is none',
    good.replace('kind: MeshTimeout', 'kind: MeshTimeout\n      place: moon'),
    'overrides[0]: `place` must be `global` or `zone/<name>`',
  ],
])('%s is refused', (_, text, message) => {
  expect(readOverrides(text)).toEqual({ overrides: [], problems: [{ message }] });
});
