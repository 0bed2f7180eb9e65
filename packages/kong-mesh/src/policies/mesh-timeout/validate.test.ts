import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const conf = (text: string): string => `{to: [{targetRef: {kind: Mesh}, default: ${text}}]}`;
const at = 'spec.to[0].default';

test.each([
  ['{connectionTimeout: 5s, http: {requestTimeout: 0s}}', 'accepted'],
  ['{}', at],
  ['{connectionTimeout: 0s}', `${at}.connectionTimeout`],
  ['{idleTimeout: 0s}', 'accepted'],
  ['{idleTimeout: -1s}', `${at}.idleTimeout`],
  ['{http: {}}', `${at}.http`],
  ['{http: {requestHeadersTimeout: 1s}}', `${at}.http`],
  ['{http: {requestTimeout: -1s, maxStreamDuration: -1ms}}', `${at}.http.requestTimeout ${at}.http.maxStreamDuration`],
  ['{idleTimeout: 1 d}', `${at}.idleTimeout`],
])('a conf %s: %s', (text, path) => expect(refusals('MeshTimeout', conf(text))).toBe(path));

const rules = (matches: string, text: string): string => `{rules: [{matches: ${matches}, default: ${text}}]}`;
const client = '{spiffeID: {type: Prefix, value: spiffe://td/ns}}';

test.each([
  [rules(`[${client}]`, '{http: {requestTimeout: 1s}}'), 'accepted'],
  [
    rules(`[${client}]`, '{connectionTimeout: 1s, http: {requestTimeout: 1s, requestHeadersTimeout: 1s}}'),
    'spec.rules[0].default.connectionTimeout spec.rules[0].default.http.requestHeadersTimeout',
  ],
  [rules('[{sni: {type: Exact, value: a.b}}]', '{connectionTimeout: 1s}'), 'accepted'],
  [rules('[{}]', '{connectionTimeout: 1s}'), 'spec.rules[0].matches[0]'],
  [
    rules('[{spiffeID: {type: Exact, value: spiffe://td/}}]', '{idleTimeout: 1s}'),
    'spec.rules[0].matches[0].spiffeID spec.rules[0].default.idleTimeout',
  ],
  [rules('[{sni: {type: Exact, value: "*.a"}}]', '{idleTimeout: 1s}'), 'spec.rules[0].matches[0].sni.value'],
  ['{}', 'spec'],
  ['{to: []}', 'spec'],
  ['{rules: [{default: {idleTimeout: 1s}}], to: [{targetRef: {kind: Mesh}, default: {idleTimeout: 1s}}]}', 'spec'],
  ['{from: [{targetRef: {kind: MeshSubset}, default: {idleTimeout: 1s}}]}', 'spec.from[0].targetRef.kind'],
  ['{targetRef: {kind: Dataplane, sectionName: http}, rules: [{default: {idleTimeout: 1s}}]}', 'accepted'],
  [
    '{targetRef: {kind: MeshGateway, name: a}, to: [{targetRef: {kind: Mesh}, default: {idleTimeout: 1s}}]}',
    'spec.targetRef.kind',
  ],
])('%s: %s', (spec, path) => expect(refusals('MeshTimeout', spec)).toBe(path));

const system: Trial = { namespace: 'kuma-system' };

test.each([
  [
    '{targetRef: {kind: MeshHTTPRoute, name: a}, to: [{targetRef: {kind: Mesh}, default: {idleTimeout: 1s}}]}',
    system,
    `${at}.idleTimeout`,
  ],
  [
    '{targetRef: {kind: MeshGateway, name: a, tags: {x: z}}, to: [{targetRef: {kind: MeshService, name: a}, default: {idleTimeout: 1s}}]}',
    system,
    'spec.to[0].targetRef.kind',
  ],
  ['{targetRef: {kind: MeshGateway, name: a}, from: [{targetRef: {kind: Mesh}, default: {}}]}', system, 'spec.from'],
  [
    '{targetRef: {kind: MeshHTTPRoute, name: a}, to: [{targetRef: {kind: Mesh}, default: {http: {requestTimeout: 1s}}}]}',
    { version: '3.0', namespace: 'kuma-system' } as Trial,
    'spec.targetRef.name',
  ],
  [
    '{to: [{targetRef: {kind: MeshService, labels: {a: b}, sectionName: http}, default: {idleTimeout: 1s}}]}',
    { version: '3.0' } as Trial,
    'accepted',
  ],
])('%s in %j: %s', (spec, trial, path) => expect(refusals('MeshTimeout', spec, trial)).toBe(path));
