import { expect, test } from 'vitest';
import { alignedLine, orderAnchors } from './alignment.ts';

test('crossing anchors are dropped, as few as possible', () => {
  const anchors = [
    { before: 10, after: 5 },
    { before: 1, after: 2 },
    { before: 4, after: 90 },
    { before: 6, after: 4 },
    { before: 6, after: 6 },
  ];
  expect(orderAnchors(anchors)).toEqual([
    { before: 1, after: 2 },
    { before: 6, after: 4 },
    { before: 10, after: 5 },
  ]);
  expect(orderAnchors([])).toEqual([]);
});

test('lines between anchors are in proportion, beyond them at their distance, both ways', () => {
  const anchors = [
    { before: 10, after: 100 },
    { before: 20, after: 120 },
  ];
  expect(alignedLine(anchors, 'before', 15)).toBe(110);
  expect(alignedLine(anchors, 'after', 110)).toBe(15);
  expect(alignedLine(anchors, 'before', 8)).toBe(98);
  expect(alignedLine(anchors, 'before', 25)).toBe(125);
  expect(alignedLine([], 'before', 1)).toBeUndefined();
});

test('of 10,000 anchors the order is found at once', () => {
  const anchors = Array.from({ length: 10_000 }, (_, at) => ({ before: at, after: (at * 7919) % 10_007 }));
  const ordered = orderAnchors(anchors);
  expect(ordered.length).toBeGreaterThan(100);
  expect(ordered.every(({ after }, at) => at === 0 || after > (ordered[at - 1]?.after ?? 0))).toBe(true);
});
