import { expect, test } from 'vitest';
import { decisionOf, nameOfSubject, ownLines } from './words.ts';

test('lines of a text are its own where the other text has them not, or less often', () => {
  expect([...ownLines('a\nb\nc', 'a\nc')]).toEqual([1]);
  expect([...ownLines('a\na', 'a')]).toEqual([1]);
  expect([...ownLines('a', 'a\nb')]).toEqual([]);
});

test('a decision and its subject are said in a few words', () => {
  expect(decisionOf({ change: 'leave-out', by: 'Ann', reason: 'ours' })).toBe('Left out by Ann: ours');
  const subject = { apiVersion: 'v1', kind: 'Service', namespace: '', name: 'a', place: 'zone/east' };
  expect(nameOfSubject(subject)).toBe('Service a · zone/east');
});
