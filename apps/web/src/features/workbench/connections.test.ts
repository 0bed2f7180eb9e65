import { expect, test } from 'vitest';
import { connect, connectAll } from './connections.ts';

const size = { width: 56, height: 400 };

test('a connection runs from the middle of one span to the middle of the other', () => {
  expect(connect({ top: 0, bottom: 20 }, { top: 100, bottom: 140 }, size)).toEqual({
    path: 'M0 10C28 10 28 120 56 120',
    fromY: 10,
    toY: 120,
    from: 'seen',
    to: 'seen',
  });
});

test('ends that are scrolled away stop at the edge and say on which side they are', () => {
  const connection = connect({ top: -60, bottom: -40 }, { top: 500, bottom: 520 }, size);
  expect(connection).toMatchObject({ fromY: 5, from: 'above', toY: 395, to: 'below' });
  expect(connect({ top: -20, bottom: 20 }, { top: 390, bottom: 500 }, size)).toMatchObject({ fromY: 10, toY: 395 });
});

test('equal connections are drawn once, those out of sight never, and the rest is counted', () => {
  const pairs = [0, 0, 20, 40, 60].map((top) => ({ from: { top, bottom: top + 20 }, to: { top: 0, bottom: 20 } }));
  const away = { from: { top: -50, bottom: -30 }, to: { top: -90, bottom: -70 } };
  const drawn = connectAll([...pairs, away], size, 3);
  expect(drawn.connections).toHaveLength(3);
  expect(drawn.omitted).toBe(1);
});
