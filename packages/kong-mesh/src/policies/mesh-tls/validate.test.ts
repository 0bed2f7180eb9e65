import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const cipher = 'ECDHE-RSA-AES128-GCM-SHA256';

test.each([
  ['{}', 'accepted'],
  [`{rules: [{default: {mode: Strict, tlsCiphers: [${cipher}], tlsVersion: {min: TLS12}}}]}`, 'accepted'],
  [`{targetRef: {kind: Dataplane}, rules: [{default: {tlsCiphers: [${cipher}]}}]}`, 'spec.rules[0].default.tlsCiphers'],
  [
    '{targetRef: {kind: MeshSubset}, from: [{targetRef: {kind: Mesh}, default: {tlsVersion: {}}}]}',
    'spec.from[0].default.tlsVersion',
  ],
  ['{rules: [{default: {tlsVersion: {min: TLS13, max: TLS12}}}]}', 'spec.rules[0].default.tlsVersion.min'],
  ['{rules: [{default: {tlsVersion: {min: TLSAuto, max: TLS10}}}]}', 'accepted'],
  ['{rules: [{default: {mode: strict}}]}', 'spec.rules[0].default.mode'],
  ['{rules: [{default: {tlsCiphers: [x]}}]}', 'spec.rules[0].default.tlsCiphers[0]'],
  ['{rules: [{}], from: [{targetRef: {kind: Mesh}, default: {}}]}', 'spec'],
  ['{from: [{targetRef: {kind: MeshService, name: a}, default: {}}]}', 'spec.from[0].targetRef.kind'],
  ['{targetRef: {kind: MeshService, name: a}}', 'spec.targetRef.kind'],
  ['{targetRef: {kind: Dataplane, sectionName: a}}', 'spec.targetRef.sectionName'],
])('%s: %s', (spec, path) => expect(refusals('MeshTLS', spec)).toBe(path));

test('3.0 knows no from', () => {
  expect(refusals('MeshTLS', '{from: []}', { version: '3.0' })).toBe('spec.from');
  expect(refusals('MeshTLS', '{targetRef: {kind: Mesh, sectionName: a}, rules: []}', { version: '3.0' })).toBe(
    'spec.targetRef.sectionName',
  );
});
