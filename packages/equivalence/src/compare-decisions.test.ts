import { type Decision, type Endpoints, noHeaderChanges } from '@isthmus/behavior';
import { expect, test } from 'vitest';
import { compareDecisions, describe, nothing } from './compare-decisions.ts';

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

test('headers of the same destinations are told apart from where requests go', () => {
  const own = { remove: [], set: [['x-version', 'v2'] as const], add: [] };
  const [one] = forward.kind === 'forward' ? forward.destinations : [];
  if (one === undefined || forward.kind !== 'forward') throw new Error('no destination');
  const other = { ...one, destination: { ...one.destination, endpoints: { kind: 'original' } as const } };
  const split = (first: object, second: object): Decision => ({
    ...forward,
    destinations: [
      { ...one, ...first },
      { ...other, ...second },
    ],
  });
  expect(differences(split({ responseHeaders: own }, {}), split({}, {}))).toEqual(['response headers']);
  expect(differences(split({ requestHeaders: own }, {}), split({}, { requestHeaders: own }))).toEqual([
    'request headers',
  ]);
  expect(differences(split({ weight: 9 }, {}), split({}, {}))).toEqual(['destinations']);
  const bound = { requestHeaders: own, responseHeaders: own };
  expect(differences(split(bound, {}), split(bound, {}))).toEqual([]);
});

test('a copy to nobody is none', () => {
  const mirrored = (endpoints: Endpoints): Decision => ({
    ...forward,
    mirrors: [{ destination: { host: 'seats', port: 80, endpoints }, percentage: 100 }],
  });
  const lost = mirrored({ kind: 'none', reason: 'the subset v9 is not defined' });
  expect(differences(lost, forward)).toEqual([]);
  expect(differences(mirrored({ kind: 'original' }), lost)).toEqual(['mirrors']);
});

test('a Service that nobody is behind, on purpose, is as good as a route to nobody', () => {
  const to = (endpoints: Endpoints): Decision => ({
    ...(forward as Extract<Decision, { kind: 'forward' }>),
    destinations: [{ destination: { host: 'seats', port: 80, endpoints }, weight: 1 }],
  });
  const workloads = (labels: Record<string, string>): Endpoints => ({
    kind: 'workloads',
    namespace: 'a',
    labels,
    port: 80,
  });
  const nobody = to({ kind: 'none', reason: 'no such service' });
  expect(differences(nobody, to(workloads({ 'isthmus/no-endpoints': 'true' })))).toEqual([]);
  expect(differences(nobody, to(workloads({ app: 'seats' })))).toEqual(['kind']);
  expect(describe(nobody, request)).toBe('answered with 503: nobody is behind seats:80');
});

test('what a route is hashed by counts only where a hash chooses the endpoint', () => {
  const hashed: Decision = { ...(forward as Extract<Decision, { kind: 'forward' }>), hash: [{ kind: 'sourceIp' }] };
  const found = (hashless?: true) =>
    compareDecisions(hashed, forward, { prefix: '/' }, request, {
      destinations: () => ({ ...nothing, ...(hashless ? { hashless } : {}) }),
    }).differences.map(({ what }) => what);
  expect(found()).toEqual(['hash']);
  expect(found(true)).toEqual([]);
});
