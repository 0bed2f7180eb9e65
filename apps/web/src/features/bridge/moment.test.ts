import { expect, test } from 'vitest';
import { fileNameOf, momentOf } from './moment.ts';

test('a moment is a wave and a stage of it; what is none is as recorded', () => {
  expect(momentOf({})).toEqual({ wave: undefined, stage: undefined });
  expect(momentOf({ wave: '2', stage: 'shift-50' })).toEqual({ wave: 2, stage: 'shift-50' });
  expect(momentOf({ wave: '0', stage: 'bridge' })).toEqual({ wave: 0, stage: undefined });
  for (const wave of ['-1', 'x', '1.5', ''])
    expect(momentOf({ wave, stage: 'bridge' })).toEqual({ wave: undefined, stage: undefined });
});

test('a namespace cannot name a path', () => {
  expect(fileNameOf(['bridge', undefined], 'svg')).toBe('bridge.svg');
  expect(fileNameOf(['bridge', '../../etc', 'wave', 2], 'mmd')).toBe('bridge-.._.._etc-wave-2.mmd');
});
