import { type Decision, noHeaderChanges } from '@isthmus/behavior';
import { expect, test } from 'vitest';
import { compareDecisions } from './compare-decisions.ts';

const request = { method: 'GET', authority: 'seats', path: '/', headers: {} };
const differences = (before: Decision, after: Decision) =>
  compareDecisions(before, after, { prefix: '/' }, request).differences.map(({ what }) => what);

const forward: Decision = {
  kind: 'forward',
  destinations: [
    { destination: { host: 'seats', port: 80, endpoints: { kind: 'external', host: 'seats', port: 80 } }, weight: 1 },
  ],
  requestHeaders: noHeaderChanges,
  responseHeaders: noHeaderChanges,
  timeout: 0,
  mirrors: [],
  hash: [],
};
const cors = { allowOrigins: [{ kind: 'exact', value: 'https://a.example' } as const], forwardsOtherPreflights: true };

test('what a proxy tells browsers of other origins is compared', () => {
  expect(differences({ ...forward, cors }, { ...forward, cors })).toEqual([]);
  expect(differences({ ...forward, cors }, forward)).toEqual(['cors']);
  expect(differences(forward, { ...forward, cors: { ...cors, maxAge: '1' } })).toEqual(['cors']);
});

test('headers of the proxy’s own answers are compared', () => {
  const responseHeaders = { remove: [], set: [['x-a', '1'] as const], add: [] };
  const redirect: Decision = { kind: 'redirect', status: 301, host: 'b.example' };
  expect(differences({ ...redirect, responseHeaders }, redirect)).toEqual(['response headers']);
  expect(differences({ kind: 'respond', status: 404, responseHeaders }, { kind: 'respond', status: 404 })).toEqual([
    'response headers',
  ]);
  expect(differences(redirect, { ...redirect, responseHeaders: noHeaderChanges })).toEqual([]);
});
