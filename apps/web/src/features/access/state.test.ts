import { expect, test } from 'vitest';
import { stateInWords, stateOf } from './state.ts';

test('an address asks for a state; one that is not known is the last', () => {
  expect(stateOf({})).toEqual({});
  expect(stateOf({ cluster: 'east' })).toEqual({ cluster: 'east' });
  expect(stateOf({ cluster: 'east', phase: 'bridged' })).toEqual({ cluster: 'east', phase: 'bridged' });
  expect(stateOf({ phase: 'later', bridge: 'gateways' })).toEqual({});
  expect(stateOf({ phase: 'bridged', bridge: 'rope' })).toEqual({ phase: 'bridged' });
  expect(stateOf({ phase: 'migrated', bridge: 'gateways' })).toEqual({ phase: 'migrated', bridge: 'gateways' });
});

test('a state is told in a sentence', () => {
  expect(stateInWords({})).toBeUndefined();
  expect(stateInWords({ phase: 'bridged' })).toBe(
    'While a service has Pods in both meshes, whatever mesh its callers are in; calls cross from Pod to Pod.',
  );
  expect(stateInWords({ phase: 'recorded', bridge: 'gateways' })).toMatch(/by the gateways of both meshes\.$/);
});
