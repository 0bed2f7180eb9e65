import type { Settings } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { changedSettings, problemOf } from './fields.ts';

test('names are checked as the server checks them', () => {
  expect(problemOf('mesh', 'default')).toBeUndefined();
  expect(problemOf('mesh', '')).toBe('A name is needed.');
  expect(problemOf('mesh', '-a')).toContain('hyphens');
  expect(problemOf('rootNamespace', 'Istio')).toContain('Lower-case');
  expect(problemOf('zone', 'x'.repeat(64))).toBe('At most 63 characters.');
  expect(problemOf('clusterDomain', 'a.b.c')).toBeUndefined();
});

test('only what differs is sent', () => {
  const stored = { target: '2.14', complete: false, mesh: 'default' } as Settings;
  expect(changedSettings(stored, { target: '3.0', complete: false })).toEqual({ target: '3.0' });
  expect(changedSettings(stored, {})).toEqual({});
});
