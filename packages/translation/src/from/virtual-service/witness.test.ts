import { compileExpression } from '@isthmus/behavior';
import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';
import { everyRequest, type Match } from './match.ts';
import { sampleTexts } from './sample-text.ts';
import { findWitness, takes, witnessInWords } from './witness.ts';

test.each([
  '/v[0-9]+/.*',
  '/(?:a|b)/c?',
  '(?i)/Shop/.+',
  '^/api/v\\d{2,3}/items$',
  '/[^/]+/x',
  '/a\\.b(?P<id>\\w+)*',
  '/é.*|/other',
  '/[\\d]-(x(y|z)+)?',
])('a text that %s matches is found by its letters', (pattern) => {
  expect(sampleTexts(pattern).some((text) => compileExpression(pattern).matches(text))).toBe(true);
});

describe('a request that two matches take', () => {
  const expression: Match = {
    path: { kind: 'regex', pattern: '.*\\.json' },
    method: 'PUT',
    headers: [{ name: 'x-a', type: 'Exact', value: '1' }],
    queryParams: [{ name: 'q', type: 'RegularExpression', value: '[a-c]+' }],
  };
  const segment: Match = {
    ...everyRequest,
    path: { kind: 'segment', value: '/static' },
    headers: [
      { name: 'x-a', type: 'Present' },
      { name: 'x-b', type: 'Prefix', value: 'y' },
      { name: 'x-c', type: 'Absent' },
    ],
  };

  test('meets the conditions of both', () => {
    const found = findWitness(expression, segment, () => true);
    expect(found && takes(expression, found) && takes(segment, found)).toBe(true);
    expect(found && witnessInWords(found)).toBe('PUT /static/x.json?q=a with x-a: 1, x-b: y');
  });

  test('is none where there is none, or none that shows anything', () => {
    expect(findWitness(expression, segment, () => false)).toBeUndefined();
    const other: Match = { ...everyRequest, path: { kind: 'exact', value: '/other' } };
    expect(findWitness(segment, other, () => true)).toBeUndefined();
  });
});

test('a rule whose place cannot be kept is refused with the request that shows it, and the rule that Istio tries first', () => {
  const manifest = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api]
  http:
    - match: [{uri: {regex: "/a/[0-9]+"}}]
      route: [{destination: {host: api}}]
    - match: [{uri: {prefix: /a/}}]
      rewrite: {uri: /b/}
      route: [{destination: {host: api}}]
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: api}, ports: [{name: http, port: 80}]}
`;
  const { diagnostics } = translate(
    takeIn([readManifest('in.yaml', new TextEncoder().encode(manifest))]),
    defaultSettings,
  );
  const found = diagnostics.find(({ code }) => code === 'ISTHMUS-VS-024');
  expect(found?.path).toBe('spec.http[1].match[0]');
  expect(found?.help).toContain('GET /a/0 ');
  expect(found?.related).toEqual([
    {
      file: 'in.yaml',
      line: 2,
      message: 'Istio tries spec.http[0].match[0] first: GET /a/0 to api.shop.svc.cluster.local',
    },
  ]);
});
