import { expect, test } from 'vitest';
import { type Board, cardsOf, filled, moved, movesBetween, stepped, withMoves } from './board.ts';

const board: Board = { waves: [['a/x', 'a/y'], ['b/z']], stays: ['c/s'] };

test('services move to a wave, to a new one at the end or before another, and to Istio and back', () => {
  expect(moved(board, ['a/y'], { wave: 2 })).toEqual({ waves: [['a/x'], ['a/y', 'b/z']], stays: ['c/s'] });
  expect(moved(board, ['a/y'], { wave: 3 }).waves).toEqual([['a/x'], ['b/z'], ['a/y']]);
  expect(moved(board, ['b/z'], { before: 1 }).waves).toEqual([['b/z'], ['a/x', 'a/y'], []]);
  expect(moved(board, ['a/x', 'b/z'], 'stays')).toEqual({ waves: [['a/y'], []], stays: ['a/x', 'b/z', 'c/s'] });
  expect(moved(board, ['c/s'], { wave: 1 })).toEqual({ waves: [['a/x', 'a/y', 'c/s'], ['b/z']], stays: [] });
});

test('a move to where services stand already changes nothing', () =>
  expect(moved(board, ['a/x'], { wave: 1 })).toEqual(board));

test('waves that nobody moves in are not kept', () =>
  expect(filled([['a/x'], [], ['b/z']])).toEqual([['a/x'], ['b/z']]));

test('what one moved is made in what another arranged', () => {
  const mine = moved(board, ['a/y'], { wave: 2 }).waves;
  const moves = movesBetween(board.waves, mine);
  expect(moves).toEqual([{ service: 'a/y', from: 1, to: 2 }]);
  const theirs = moved(board, ['b/z'], { wave: 3 }).waves;
  expect(withMoves(theirs, moves)).toEqual([['a/x'], ['a/y'], ['b/z']]);
  expect(movesBetween(board.waves, [['a/x', 'a/y'], []])).toEqual([{ service: 'b/z', from: 2, to: undefined }]);
  expect(withMoves([['a/x']], [{ service: 'a/x', from: 1, to: 3 }])).toEqual([[], [], ['a/x']]);
});

test('services that move together are one card', () => {
  const groupOf = new Map([
    ['a/x', 'a/x'],
    ['b/z', 'a/x'],
  ]);
  expect(cardsOf(['a/x', 'a/y', 'b/z'], groupOf)).toEqual([
    { id: 'a/x', services: ['a/x', 'b/z'] },
    { id: 'a/y', services: ['a/y'] },
  ]);
});

test('arrows go through the cards, over empty waves', () => {
  const card = (id: string) => ({ id, services: [id] });
  const columns = [[card('a'), card('b')], [], [card('c')]];
  expect(stepped(columns, 'a', 'ArrowDown')).toBe('b');
  expect(stepped(columns, 'b', 'ArrowDown')).toBeUndefined();
  expect(stepped(columns, 'b', 'ArrowRight')).toBe('c');
  expect(stepped(columns, 'c', 'ArrowLeft')).toBe('a');
  expect(stepped(columns, 'c', 'ArrowRight')).toBeUndefined();
  expect(stepped(columns, undefined, 'ArrowDown')).toBe('a');
  expect(stepped(columns, 'gone', 'ArrowDown')).toBe('a');
});
