import type { Json, JsonObject } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, isSame } from './json-patch.ts';
import { rebase } from './rebase.ts';

const rule = (path: string, timeout = '15s'): Json => ({ matches: [{ path }], default: { timeout } });
const route = (...rules: Json[]): JsonObject => ({ spec: { to: [{ rules }] } });
const longer = (before: JsonObject, after: JsonObject, now: JsonObject) =>
  rebase(before, now, difference(before, after));

test('an edit on its own ground gives what was edited', () => {
  const name = fc.constantFrom('a', 'b');
  const object = fc.dictionary(name, fc.oneof(fc.integer(), fc.array(fc.dictionary(name, fc.integer()))));
  fc.assert(
    fc.property(object, object, (ground, edited) => {
      const rebased = longer(ground as JsonObject, edited as JsonObject, ground as JsonObject);
      expect(rebased.fits && isSame(rebased.object, edited as Json)).toBe(true);
    }),
  );
});

test('an edit of a rule follows it to where a new import puts it', () => {
  const rebased = longer(
    route(rule('/v1'), rule('/v2')),
    route(rule('/v1'), rule('/v2', '30s')),
    route(rule('/v0'), rule('/v1'), rule('/v2')),
  );
  expect(rebased.fits && rebased.object).toEqual(route(rule('/v0'), rule('/v1'), rule('/v2', '30s')));
  expect(rebased.fits && rebased.patch).toEqual([
    { op: 'replace', path: '/spec/to/0/rules/2/default/timeout', value: '30s' },
  ]);
});

test('a rule beside the edited one may change', () => {
  const rebased = longer(
    route(rule('/v1'), rule('/v2')),
    route(rule('/v1'), rule('/v2', '30s')),
    route(rule('/v1', '1s'), rule('/v2')),
  );
  expect(rebased.fits && rebased.object).toEqual(route(rule('/v1', '1s'), rule('/v2', '30s')));
});

test('a value that has changed conflicts, with all three values', () => {
  const rebased = longer(route(rule('/v1')), route(rule('/v1', '30s')), route(rule('/v1', '20s')));
  expect(rebased).toEqual({
    fits: false,
    conflicts: [{ path: 'spec.to[0].rules[0].default.timeout', ground: '15s', now: '20s', edit: '30s' }],
    merged: route(rule('/v1', '30s')),
  });
});

test('what a new import brought by itself is no conflict', () => {
  const rebased = longer(route(rule('/v1')), route(rule('/v1', '30s')), route(rule('/v1', '30s')));
  expect(rebased).toEqual({ fits: true, object: route(rule('/v1', '30s')), patch: [] });
});

test('of two equal rules nobody knows which one was meant once a third one comes', () => {
  const rebased = longer(
    route(rule('/v1'), rule('/v1')),
    route(rule('/v1'), rule('/v1', '30s')),
    route(rule('/v0'), rule('/v1'), rule('/v1')),
  );
  expect(rebased.fits ? [] : rebased.conflicts.map(({ path }) => path)).toEqual(['spec.to[0].rules']);
});

test('a list that was replaced conflicts with one that has changed', () => {
  const rebased = longer(route(rule('/v1')), route(rule('/v1'), rule('/v2')), route(rule('/v1'), rule('/v3')));
  expect(rebased.fits ? [] : rebased.conflicts.map(({ path }) => path)).toEqual(['spec.to[0].rules']);
});

test('a field that was added conflicts with one that came meanwhile', () => {
  const rebased = longer({ spec: {} }, { spec: { mode: 'Strict' } }, { spec: { mode: 'Permissive' } });
  const conflicts = [{ path: 'spec.mode', now: 'Permissive', edit: 'Strict' }];
  expect(rebased).toEqual({ fits: false, conflicts, merged: { spec: { mode: 'Strict' } } });
});

test('a field whose parent is gone conflicts', () => {
  const rebased = longer({ spec: { a: { b: 1 } } }, { spec: { a: { b: 2 } } }, { spec: {} });
  expect(rebased.fits ? [] : rebased.conflicts.map(({ path }) => path)).toEqual(['spec']);
});
