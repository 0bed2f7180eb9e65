import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const v3: Trial = { version: '3.0' };

test.each([
  ['{}', {}, 'accepted'],
  ['{mtls: {enabledBackend: ca-1, backends: [{name: ca-1, type: builtin}]}}', {}, 'accepted'],
  ['{mtls: {enabledBackend: ca-2, backends: [{name: ca-1}]}}', {}, 'spec.mtls.enabledBackend'],
  ['{mtls: {backends: [{name: a}, {name: b}]}}', {}, 'spec.mtls.backends'],
  ['{routing: {zoneEgress: true}}', {}, 'spec.mtls'],
  ['{routing: {zoneEgress: true}}', v3, 'accepted'],
  ['{}', { name: 'a.b', ...v3 }, 'name'],
  ['{}', { name: 'a.b' } as Trial, 'accepted'],
])('%s in %j: %s', (spec, trial, path) => expect(refusals('Mesh', spec, trial)).toBe(path));
