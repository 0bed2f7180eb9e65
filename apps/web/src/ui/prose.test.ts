import { expect, test } from 'vitest';
import { piecesOf } from './prose.tsx';

test('code stands between backticks', () => {
  expect(piecesOf('Say `defaults: keep` here.', false)).toEqual([
    { kind: 'text', text: 'Say ' },
    { kind: 'code', text: 'defaults: keep' },
    { kind: 'text', text: ' here.' },
  ]);
});

test('placeholders are marked in templates only: a finding may quote braces of the user', () => {
  expect(piecesOf('{kind} {name}', true)).toEqual([
    { kind: 'placeholder', text: 'kind' },
    { kind: 'text', text: ' ' },
    { kind: 'placeholder', text: 'name' },
  ]);
  expect(piecesOf('{kind}', false)).toEqual([{ kind: 'text', text: '{kind}' }]);
});

test('markup and lonely backticks stay characters', () => {
  const text = '<img src=x onerror=alert(1)> ` [a](javascript:b)';
  expect(piecesOf(text, true)).toEqual([{ kind: 'text', text }]);
});
