import { expect, test } from 'vitest';
import { wishOf } from './shortcuts.ts';

const key = (text: string, held: 'ctrlKey' | 'metaKey' | 'altKey' | undefined = undefined) => ({
  key: text,
  ctrlKey: held === 'ctrlKey',
  metaKey: held === 'metaKey',
  altKey: held === 'altKey',
});

test('search opens from everywhere, also while typing', () => {
  expect(wishOf(key('k', 'ctrlKey'), true, false)).toEqual({ kind: 'open', overlay: 'palette' });
  expect(wishOf(key('K', 'metaKey'), false, false)).toEqual({ kind: 'open', overlay: 'palette' });
});

test('single keys are text where text is typed', () => {
  for (const text of ['?', '/', 'g']) expect(wishOf(key(text), true, false)).toEqual({ kind: 'none' });
  expect(wishOf(key('?'), false, false)).toEqual({ kind: 'open', overlay: 'keys' });
  expect(wishOf(key('/'), false, false)).toEqual({ kind: 'filter' });
});

test('g and a letter lead to a page; another letter, or one with Ctrl, leads nowhere', () => {
  expect(wishOf(key('g'), false, false)).toEqual({ kind: 'prefix' });
  expect(wishOf(key('s'), false, true)).toEqual({ kind: 'go', to: '/migrations/$id/services' });
  expect(wishOf(key('u'), false, true)).toEqual({ kind: 'go', to: '/guide' });
  expect(wishOf(key('x'), false, true)).toEqual({ kind: 'none' });
  expect(wishOf(key('s', 'ctrlKey'), false, true)).toEqual({ kind: 'none' });
  expect(wishOf(key('s'), false, false)).toEqual({ kind: 'none' });
});
