import { expect, test } from 'vitest';
import { renderUri } from './decide.ts';
import { escapePath, normalisePath } from './edge-request.ts';
import { uuidOf } from './uuid.ts';

test.each([
  ['/a//b', '/a/b'],
  ['/a/./b/../c', '/a/c'],
  ['/%41%2F', '/A%2F'],
  ['/a/..', '/'],
  ['/%C3%A4', '/ä'],
  ['/..%2fa', '/..%2Fa'],
])('path %s is matched as %s', (path, expected) => {
  expect(normalisePath(path)).toBe(expected);
});

test('what is not safe in a path is encoded on the way upstream', () => {
  expect(escapePath('/ä b/%2F')).toBe('/%C3%A4%20b/%2F');
});

test.each([
  ['/new$(uri_captures[1])', ['/old/x', '/x'], '/new/x'],
  ['/new$(uri_captures[1])', undefined, '/new'],
  ['$(uri_captures[1] == nil and "/" or uri_captures[1])', undefined, '/'],
  ['$(uri_captures[1] == nil and "/" or "/" .. uri_captures[1])', ['/x', 'x'], '/x'],
  ['/full', ['/x', 'x'], '/full'],
])('template %s with %s is %s', (template, captures, expected) => {
  expect(renderUri(template, captures)).toBe(expected);
});

test('ids are UUIDs of version 5', () => {
  // RFC 9562, appendix A.4.
  expect(uuidOf('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});
