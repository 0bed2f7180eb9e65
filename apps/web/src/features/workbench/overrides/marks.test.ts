import type { ResourceOverride } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { overrideAddress, overridesBySubject, overrideText, subjectName } from './marks.ts';

const subject = { apiVersion: 'kuma.io/v1alpha1', kind: 'MeshTimeout', namespace: 'sales', name: 'seats' };
const override = (id: string, change: Partial<ResourceOverride> = {}): ResourceOverride => ({
  id,
  subject,
  change: 'edit',
  reason: 'measured',
  by: 'Ann',
  at: '2026-01-01T00:00:00.000Z',
  revision: 1,
  state: 'applied',
  paths: [],
  widens: false,
  ...change,
});

test('a mark says who decided what and why, and what is to be decided again', () => {
  const known = new Map([
    ['a', override('a')],
    ['b', override('b', { change: 'leave-out', by: 'Bob', reason: 'ours', state: 'conflict' })],
  ]);
  expect(overrideText(['a', 'b', 'not there yet'], known)).toBe(
    'MeshTimeout sales/seats. Changed by Ann: measured\nMeshTimeout sales/seats, conflict. Left out by Bob: ours',
  );
});

test('an override is shown beside what it was decided about', () => {
  expect(overrideAddress('m', { service: 'sales/seats' }, override('a'))).toBe(
    '/migrations/m/workbench?service=sales%2Fseats&tab=MeshTimeout%2Fsales%2Fseats&list=overrides',
  );
  expect(overrideAddress('m', { resource: 7 }, override('a'))).toContain('?resource=7&tab=');
});

test('in several zones one name may have several overrides', () => {
  const zones = ['zone/east', 'zone/west'].map((place) => override(place, { subject: { ...subject, place } }));
  expect(overridesBySubject(zones).get(subjectName(subject))).toEqual(['zone/east', 'zone/west']);
});
