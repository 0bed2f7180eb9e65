import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const faults = (text: string): string => `{rules: [{default: {http: [${text}]}}]}`;
// Kuma writes the index behind the kind of fault.
const at = 'spec.rules[0].default.http';

test.each([
  ['{abort: {httpStatus: 503, percentage: "0.1"}}', 'accepted'],
  ['{abort: {httpStatus: 503}}', 'accepted'],
  ['{abort: {httpStatus: 99, percentage: 101}}', `${at}.abort[0].httpStatus ${at}.abort[0].percentage`],
  ['{abort: {percentage: 1}}', `${at}.abort[0].httpStatus`],
  ['{}, {delay: {value: -1s, percentage: x}}', `${at}.delay[1].value ${at}.delay[1].percentage`],
  ['{delay: {value: 1, percentage: 1}}', `${at}[0].delay.value`],
  ['{delay: {percentage: 1}}', 'accepted'],
  ['{responseBandwidth: {limit: 10 kbps, percentage: 1}}', 'accepted'],
  ['{responseBandwidth: {limit: 10bps, percentage: 1}}', `${at}.responseBandwidth[0].limit`],
  ['{responseBandwidth: {percentage: -1}}', `${at}.responseBandwidth[0].limit ${at}.responseBandwidth[0].percentage`],
])('%s: %s', (text, path) => expect(refusals('MeshFaultInjection', faults(text))).toBe(path));

test.each([
  ['{}', 'accepted'],
  ['{rules: [{matches: [{}], default: {}}]}', 'accepted'],
  ['{rules: [{matches: [{spiffeID: {type: Exact, value: x}}]}]}', 'spec.rules[0].matches[0].spiffeID'],
  ['{targetRef: {kind: Dataplane}, from: [{targetRef: {kind: Mesh}}], rules: [{}]}', 'spec'],
  ['{from: [{targetRef: {kind: Mesh}}]}', 'spec.from'],
  [
    '{targetRef: {kind: MeshSubset, proxyTypes: [Sidecar]}, from: [{targetRef: {kind: MeshService, name: a}}]}',
    'accepted',
  ],
  [
    '{targetRef: {kind: Dataplane}, from: [{targetRef: {kind: MeshExternalService, name: a}}]}',
    'spec.from[0].targetRef.kind',
  ],
  ['{targetRef: {kind: Dataplane}, to: [{targetRef: {kind: Mesh}}]}', 'spec.to'],
  ['{to: [{targetRef: {kind: MeshService, name: a}}]}', 'spec.to[0].targetRef.kind'],
  ['{targetRef: {kind: Mesh, proxyTypes: []}}', 'spec.targetRef.proxyTypes'],
])('%s: %s', (spec, path) => expect(refusals('MeshFaultInjection', spec)).toBe(path));
