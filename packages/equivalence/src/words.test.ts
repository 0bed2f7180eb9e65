import type { Predicate } from '@isthmus/behavior';
import { expect, test } from 'vitest';
import {
  clientsInWords,
  conditionsInWords,
  missInWords,
  requestInWords,
  retriesInWords,
  timeInWords,
} from './words.ts';

const none: Predicate = { headers: [], queryParameters: [] };

test('conditions read as a sentence does', () => {
  expect(conditionsInWords(none)).toBe('every request');
  expect(
    conditionsInWords({
      ...none,
      path: { kind: 'exact', value: '/a', ignoreCase: true },
      method: { kind: 'regex', pattern: 'GET|HEAD' },
      headers: [
        { name: 'x', match: { kind: 'present' }, invert: true },
        { name: 'y', match: { kind: 'exact', value: '1' }, invert: true, missingIsEmpty: true },
      ],
      queryParameters: [{ name: 'q', match: { kind: 'present' } }],
    }),
  ).toBe(
    'path is `/a` in any case and method matches `GET|HEAD` and header `x` is absent and header `y` is not one that is `1` (absent counts as empty) and query parameter `q` is there',
  );
});

test('a miss tells what was asked and what was there', () => {
  const request = { method: 'GET', authority: 'a', path: '/x?q=2', headers: {} };
  const asked: Predicate = {
    ...none,
    headers: [{ name: 'x', match: { kind: 'exact', value: '1' } }],
    queryParameters: [{ name: 'q', match: { kind: 'exact', value: '1' } }],
  };
  expect(missInWords(asked, { part: 'header', name: 'x' }, request)).toBe(
    'header `x` is `1` was asked for; the request has none',
  );
  expect(missInWords(asked, { part: 'query', name: 'q' }, request)).toBe(
    'query parameter `q` is `1` was asked for; the request has `2`',
  );
  const only: Predicate = { ...none, path: { kind: 'exact', value: '/y' } };
  expect(missInWords(only, { part: 'path' }, request)).toBe('the request has `/x`');
});

test('a group of clients is where they are and which labels they have', () => {
  const group = {
    client: { namespace: 'a', labels: {} },
    namespaces: ['sales', 'web'],
    asked: [],
    meets: [],
    isKnown: true,
  };
  expect(clientsInWords(group, true)).toBe('all clients');
  expect(clientsInWords(group, false)).toBe('clients in namespaces sales, web');
  const [app, crew] = [{ app: 'web' }, { team: 'crew' }];
  const asked = [app, crew];
  expect(clientsInWords({ ...group, namespaces: ['sales'], asked, meets: [app] }, false)).toBe(
    'clients in namespace sales with app=web',
  );
  expect(clientsInWords({ ...group, asked }, true)).toBe('all clients without app=web or team=crew');
  expect(clientsInWords({ ...group, asked, meets: [crew], isKnown: false }, true)).toBe(
    'all clients with team=crew (none in the import)',
  );
  expect(clientsInWords({ ...group, namespaces: ['a', 'b', 'c', 'd', 'e', 'f'] }, false)).toBe(
    'clients in namespaces a, b, c, d and 2 more',
  );
});

test('requests, times and retries', () => {
  expect(requestInWords({ method: 'GET', authority: 's', path: '/v2', headers: { a: ['1', '2'] } })).toBe(
    '`GET /v2` with `a: 1` and `a: 2`',
  );
  expect([undefined, 0, 250, 1500, 15_000].map(timeInWords)).toEqual(['none', 'none', '250 ms', '1.5 s', '15 s']);
  expect(retriesInWords({ attempts: 0, on: ['5xx'], statusCodes: [] })).toBe('none');
  expect(
    retriesInWords({ attempts: 1, on: ['5xx', 'retriable-status-codes'], statusCodes: [429], perTryTimeout: 2000 }),
  ).toBe('1 more try, on 5xx, 429, each within 2 s, waiting 25 ms to 250 ms');
});
